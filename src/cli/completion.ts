import { Argument, type Command } from 'commander';
import { examples } from './options.ts';

/** `completion`: a script for the shell of the person. */
export function registerCompletion(program: Command): void {
	const completion = program
		.command('completion')
		.addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
		.description('print a script that completes commands and options in your shell')
		.action(async (shell: 'bash' | 'zsh' | 'fish') => {
			const { completionScript } = await import('./completion-script.ts');
			process.stdout.write(completionScript(shell, program));
		});
	examples(
		completion,
		'source <(g2pbook completion bash)',
		'g2pbook completion zsh > "${fpath[1]}/_g2pbook"',
		'g2pbook completion fish > ~/.config/fish/completions/g2pbook.fish',
	);
}
