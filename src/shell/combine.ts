import { Command, quote } from './command.ts';

// The only way to shell syntax. Each takes and gives data; nothing runs here.

const group = ({ line }: Command): string => `{ ${line}; }`;

/** The output of each command is the input of the next; the code is the last one's. */
export const pipe = (...commands: readonly Command[]): Command =>
	new Command(commands.map(group).join(' | '), commands[0]?.input);

/** Each command in turn until one fails. */
export const all = (...commands: readonly Command[]): Command =>
	new Command(commands.map(group).join(' && '));

/** Each command in turn until one succeeds. */
export const any = (...commands: readonly Command[]): Command =>
	new Command(commands.map(group).join(' || '));

/** Each command in turn, whatever their codes; the code is the last one's. */
export const sequence = (...commands: readonly Command[]): Command =>
	new Command(commands.map(group).join('; '));

/** `then` when `condition` succeeds, else `otherwise` (or nothing, code 0). */
export const when = (condition: Command, then: Command, otherwise?: Command): Command =>
	new Command(
		`if ${group(condition)}; then ${then.line}; ${otherwise === undefined ? '' : `else ${otherwise.line}; `}fi`,
	);

/** The command with what it prints to both streams thrown away. */
export const quietly = (command: Command): Command =>
	new Command(`${group(command)} >/dev/null 2>&1`, command.input);

/** The command with its errors thrown away. */
export const silencing = (command: Command): Command =>
	new Command(`${group(command)} 2>/dev/null`, command.input);

/** The command with what it prints among the errors. */
export const toErrors = (command: Command): Command => new Command(`${group(command)} >&2`, command.input);

/** The command in this folder. */
export const inFolder = (path: string, command: Command): Command =>
	new Command(`cd ${quote(path)} && ${group(command)}`, command.input);
