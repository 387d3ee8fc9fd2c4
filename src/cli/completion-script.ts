import type { Command, Option } from 'commander';
import { moduleNames } from '../modules/index.ts';

/** A script that completes commands, options and the names of modules; elsewhere files. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
	switch (shell) {
		case 'bash':
			return bash(program);
		case 'zsh':
			// zsh understands bash's way, once asked.
			return `#compdef g2pbook\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`;
		case 'fish':
			return fish(program);
	}
}

const flagsOf = ({ long, short }: Option): readonly string[] =>
	[long, short].filter((flag): flag is string => typeof flag === 'string');

const subcommands = (command: Command): readonly string[] => command.commands.map((each) => each.name());

function bash(program: Command): string {
	const cases = program.commands.map((command) => {
		const options = command.options.flatMap(flagsOf);
		const known = [
			...subcommands(command),
			...(command.name() === 'doc' ? moduleNames : []),
			...options,
			'--help',
		];
		return `    ${command.name()}) words="${known.join(' ')}" ;;`;
	});
	return `_g2pbook() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${subcommands(program).join(' ')} help --help --version" -- "$current"))
    return
  fi
  case "$previous" in
    -m|--module) COMPREPLY=($(compgen -W "${moduleNames.join(' ')}" -- "$current")); return ;;
    -c|--connection) COMPREPLY=($(compgen -W "ssh openssh docker local" -- "$current")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _g2pbook g2pbook
`;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(program: Command): string {
	const lines = program.commands.flatMap((command) => {
		const seen = `-n '__fish_seen_subcommand_from ${command.name()}'`;
		return [
			`complete -c g2pbook -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
			...command.commands.map(
				(each) => `complete -c g2pbook ${seen} -f -a ${each.name()} -d ${quoted(each.description())}`,
			),
			...command.options.map(({ long, short, description, required }) =>
				[
					`complete -c g2pbook ${seen}`,
					...(long ? [`-l ${long.slice(2)}`] : []),
					...(short ? [`-s ${short.slice(1)}`] : []),
					...(required ? ['-r'] : []),
					`-d ${quoted(description)}`,
				].join(' '),
			),
		];
	});
	return `${[
		...lines,
		`complete -c g2pbook -n '__fish_seen_subcommand_from doc' -f -a '${moduleNames.join(' ')}'`,
		`complete -c g2pbook -n '__fish_seen_subcommand_from exec' -s m -l module -x -a '${moduleNames.join(' ')}'`,
	].join('\n')}\n`;
}
