import type { Command } from 'commander';
import type { ExecFlags, FactsFlags } from './flags.ts';
import {
	connectionOptions,
	effectOptions,
	examples,
	outputOptions,
	shardOption,
	sourceOptions,
} from './options.ts';

/** `exec`, `ping` and `facts`: what can be asked of hosts without a playbook. */
export function registerExec(program: Command): void {
	const exec = sourceOptions(program.command('exec'))
		.argument('<hosts>', 'pattern: names, groups, wildcards')
		.argument('[args...]', 'arguments of the module: key=value, one mapping in YAML, or its free text')
		.option('-m, --module <name>', 'which module', 'command')
		.option('-a, --args <text>', 'its arguments in one text, as with Ansible')
		.description('do one task on hosts');
	shardOption(exec);
	effectOptions(exec);
	outputOptions(exec);
	connectionOptions(exec);
	exec.action(async (hosts: string, args: readonly string[], flags: ExecFlags) => {
		const { runModule } = await import('./ad-hoc.ts');
		process.exitCode = await runModule(hosts, args, flags);
	});
	examples(
		exec,
		'g2pbook exec web -i inventories/prod uptime',
		'g2pbook exec web -i inventories/prod -- ls -l /etc/nginx',
		'g2pbook exec db01 -i inventories/prod -b -m package name=htop --check',
		'g2pbook exec all -i inventories/prod -m file \'{path: /etc/motd, mode: "0644"}\'',
	);

	const ping = sourceOptions(program.command('ping'))
		.argument('<hosts>', 'pattern: names, groups, wildcards')
		.description('see whether hosts answer');
	outputOptions(ping);
	connectionOptions(ping);
	ping.action(async (hosts: string, flags: Omit<ExecFlags, 'module'>) => {
		const { runModule } = await import('./ad-hoc.ts');
		process.exitCode = await runModule(hosts, [], { ...flags, module: 'ping' });
	});
	examples(ping, 'g2pbook ping all -i inventories/prod', 'g2pbook ping localhost, -i localhost, -c local');

	const facts = sourceOptions(program.command('facts'))
		.argument('<hosts>', 'pattern: names, groups, wildcards')
		.option('--filter <path>', 'only this part, such as os or default_ipv4.address')
		.description('print what hosts say about themselves, as JSON');
	outputOptions(facts);
	connectionOptions(facts);
	facts.action(async (hosts: string, flags: FactsFlags) => {
		const { printFacts } = await import('./ad-hoc.ts');
		process.exitCode = await printFacts(hosts, flags);
	});
	examples(
		facts,
		'g2pbook facts db01 -i inventories/prod',
		'g2pbook facts all -i inventories/prod --filter os.version',
	);
}
