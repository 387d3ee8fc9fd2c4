import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import type { Lab } from '../lab/lab.ts';
import type { LabStatus } from '../lab/status.ts';

type Place = { readonly name: string; readonly folder?: string };
type UpOptions = Place & { readonly topology: string; readonly image: string };

const folderOf = ({ name, folder }: Place): string => folder ?? join('inventories', name);

/** `lab up|status|shell|down`. What they need is loaded when one of them runs: other commands do not wait for it. */
export function registerLab(program: Command): void {
	const lab = program
		.command('lab')
		.description('containers that stand for hosts: try playbooks without owning servers')
		.addHelpText(
			'after',
			`
Examples:
  $ g2pbook lab up --topology prod-minimum
  $ g2pbook secret init -i inventories/lab
  $ g2pbook run prod-minimum.yml -i inventories/lab
  $ g2pbook lab shell rp1
  $ g2pbook lab down`,
		);
	const withPlace = (command: Command): Command =>
		command
			.option('--name <name>', 'name of the lab, and of its folder in inventories/', 'lab')
			.option('--folder <path>', 'folder for its inventory (default: inventories/NAME)');

	withPlace(lab.command('up'))
		.description('start one container per host of a topology and write an inventory that leads to them')
		.option('--topology <name>', 'sandbox, prod-minimum or prod-ha', 'prod-minimum')
		.option('--image <name>', 'debian-12, debian-13, ubuntu-22.04 or ubuntu-24.04', 'debian-12')
		.addHelpText(
			'after',
			'\nExample:\n  $ g2pbook lab up --topology sandbox --image ubuntu-24.04 --name trial',
		)
		.action(up);
	lab
		.command('status')
		.description('show the labs of this machine, leftovers included')
		.addHelpText('after', '\nExample:\n  $ g2pbook lab status')
		.action(status);
	withPlace(lab.command('shell'))
		.description('log in to a host of the lab over ssh, or run one command there')
		.argument('<host>')
		.argument('[command...]')
		.passThroughOptions()
		.addHelpText('after', '\nExample:\n  $ g2pbook lab shell rp1 sudo wg show')
		.action(shell);
	withPlace(lab.command('down'))
		.description('remove the hosts of the lab, its network, its volumes and its inventory')
		.option('--all', 'remove every lab of this machine, leftovers of tests included')
		.addHelpText('after', '\nExample:\n  $ g2pbook lab down --all')
		.action(down);
}

const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

async function up(options: UpOptions): Promise<void> {
	const { labUp } = await import('../lab/up.ts');
	const { topologyNamed } = await import('../lab/topologies.ts');
	const { distributionNamed } = await import('../lab/distributions.ts');
	const started = Date.now();
	const lab = await labUp({
		topology: topologyNamed(options.topology),
		distribution: distributionNamed(options.image),
		folder: folderOf(options),
		tell: say,
	});
	say(`Up after ${((Date.now() - started) / 1000).toFixed(1)} s:`);
	for (const line of describe(lab, options.topology)) {
		say(line);
	}
}

/** The playbook of a topology has its name. */
function describe({ hosts, folder }: Lab, topology: string): readonly string[] {
	const place = relative('', folder) || folder;
	const name = basename(folder) === 'lab' ? '' : ` --folder ${place}`;
	return [
		...hosts.map(({ name: host, address, groups, failedUnits }) => {
			const failed = failedUnits.length === 0 ? '' : `  failed units: ${failedUnits.join(', ')}`;
			return `  ${host.padEnd(10)} ${address.padEnd(15)} ${groups.join(', ')}${failed}`;
		}),
		`Inventory: ${place}`,
		'Next:',
		`  g2pbook secret init -i ${place}`,
		`  g2pbook run ${topology}.yml -i ${place}`,
		`  g2pbook lab shell${name} ${hosts[0]?.name ?? 'HOST'}`,
	];
}

async function status(): Promise<void> {
	const { openDocker } = await import('../lab/docker.ts');
	const { labs } = await import('../lab/status.ts');
	const all = await labs(await openDocker());
	for (const line of all.length === 0 ? ['No lab is up.'] : all.flatMap(describeStatus)) {
		say(line);
	}
}

const describeStatus = ({ id, topology, image, folder, hosts }: LabStatus): readonly string[] => [
	`${id}: ${topology} on ${image}, inventory ${relative('', folder) || folder}`,
	...hosts.map((host) => `  ${host.name.padEnd(10)} ${host.address.padEnd(15)} ${host.status}`),
	...(hosts.length === 0
		? [`  no hosts: leftovers, remove them with g2pbook lab down --folder ${relative('', folder) || folder}`]
		: []),
];

async function shell(host: string, command: readonly string[], options: Place): Promise<void> {
	const { openDocker } = await import('../lab/docker.ts');
	const { labId } = await import('../lab/lab.ts');
	const { labShell } = await import('../lab/shell.ts');
	process.exitCode = await labShell(await openDocker(), labId(folderOf(options)), host, command);
}

async function down(options: Place & { readonly all?: boolean }): Promise<void> {
	const { openDocker } = await import('../lab/docker.ts');
	const { labDown } = await import('../lab/down.ts');
	const { removeInventory } = await import('../lab/inventory-folder.ts');
	const { labId } = await import('../lab/lab.ts');
	const { labs } = await import('../lab/status.ts');
	const docker = await openDocker();
	const ids = options.all === true ? (await labs(docker)).map(({ id }) => id) : [labId(folderOf(options))];
	for (const id of ids) {
		const hosts = await labDown(docker, id);
		say(hosts === 0 ? `${id}: no host was there.` : `${id}: ${hosts} hosts removed.`);
	}

	if (options.all !== true) {
		// The hosts may be gone already, and the inventory is still there.
		await removeInventory(folderOf(options));
	}
}
