import { Command, type OutputConfiguration } from 'commander';
import { registerBundle } from './bundle.ts';
import { registerCompletion } from './completion.ts';
import { registerDoc } from './doc.ts';
import { registerExec } from './exec.ts';
import { registerInit } from './init.ts';
import { registerInventory } from './inventory.ts';
import { registerLab } from './lab.ts';
import { registerLint } from './lint.ts';
import { withOptionAdvice } from './option-advice.ts';
import { registerPlan } from './plan.ts';
import { registerReport } from './report.ts';
import { registerRun } from './run.ts';
import { registerSecret } from './secret.ts';
import { registerStatus } from './status.ts';
import { registerVars } from './vars.ts';
import { version } from './version.ts';

/**
 * The whole command line. Commands load what they need when they are run, so that help is instant.
 * @param output where help and complaints go, instead of the process's own streams.
 */
export function makeProgram(output: OutputConfiguration = {}): Command {
	const program = new Command('g2pbook')
		.description('Agentless playbook runner: says what servers should be, over SSH, and makes them so.')
		.version(version, '--version', 'print the version')
		.helpOption('-h, --help', 'show help')
		.showHelpAfterError('Help: g2pbook --help')
		.configureHelp({ sortOptions: false })
		// `lab shell HOST ls -l`: what follows the host is not ours.
		.enablePositionalOptions()
		// Errors become exit code 5 in main.ts: nothing was touched.
		.exitOverride()
		.configureOutput({
			...output,
			outputError: (text, write) => write(withOptionAdvice(text)),
		})
		.addHelpText(
			'after',
			`
Examples:
  $ g2pbook check site.yml -i inventories/prod     what would change, and how
  $ g2pbook run site.yml -i inventories/prod       make it so
  $ g2pbook ping all -i inventories/prod           are the hosts there?
  $ g2pbook status -i inventories/prod             how are they, and does anything need a person?
  $ g2pbook doc copy                               what a module can do

Exit codes: 0 ok · 2 a host failed · 3 changes (with --detailed-exitcode) · 4 unreachable · 5 bad input,
nothing was touched · 6 failed and unreachable · 130 interrupted · 1 a bug in g2pbook`,
		);

	program.commandsGroup('Do:');
	registerRun(program);
	registerExec(program);
	program.commandsGroup('Look:');
	registerStatus(program);
	registerInventory(program);
	registerVars(program);
	registerPlan(program);
	registerLint(program);
	registerDoc(program);
	registerReport(program);
	program.commandsGroup('Set up:');
	registerInit(program);
	registerBundle(program);
	registerSecret(program);
	registerLab(program);
	registerCompletion(program);
	for (const command of program.commands) {
		command.showHelpAfterError(`Help: g2pbook ${command.name()} --help`);
	}

	// Last, so that the commands keep a plain help of their own.
	program.addHelpCommand(
		new Command('help').argument('[command]').description('show help for a command').helpGroup('Look:'),
	);
	return program;
}
