import { quote } from '../shell/command.ts';
import { dots, Secret } from '../shell/secret.ts';
import type { Content, Script, Step, Upload } from './contract.ts';

/**
 * A step as people read it, on one line: in reports, in `--check`, and in the expectations of tests. Secrets are
 * dots, uploads `upload PATH (12 bytes, 0644, owner:group)`, scripts their first line.
 */
export function showStep(step: Step): string {
	switch (step.kind) {
		case 'command':
			return step.input === undefined ? step.line : `${step.line} (stdin: ${size(step.input)})`;
		case 'upload':
			return showUpload(step);
		case 'script':
			return showScript(step);
	}
}

/** For a person: of a script of our own what its first line says that it does, of all else the step itself. */
export function nameStep(step: Step): string {
	const own = step.kind === 'script' && step.interpreter === undefined && typeof step.text === 'string';
	return (own ? /^# (.+)/.exec(`${step.text}`)?.[1] : undefined) ?? showStep(step);
}

function showUpload({ path, content, mode, owner, group, validate, backup }: Upload): string {
	const notes = [
		size(content),
		mode,
		owner === undefined && group === undefined ? undefined : `${owner ?? ''}:${group ?? ''}`,
		validate === undefined ? undefined : `validate: ${validate}`,
		backup ? 'backup' : undefined,
	];
	return `upload ${path} (${notes.filter((note) => note !== undefined).join(', ')})`;
}

function showScript({ text, interpreter, arguments: words = [] }: Script): string {
	const name = interpreter === undefined ? 'script' : `script for ${interpreter.join(' ')}`;
	return [`${name}:`, firstLine(text), ...words.map(quote)].join(' ');
}

function firstLine(text: Script['text']): string {
	if (text instanceof Secret) {
		return dots;
	}

	if (typeof text !== 'string') {
		return text.path;
	}

	const lines = text
		.split('\n')
		.filter((line, index) => line.trim() !== '' && !(index === 0 && line.startsWith('#!')));
	return lines.length > 1 ? `${lines[0]} …` : (lines[0] ?? '(empty)');
}

function size(content: Content): string {
	if (content instanceof Secret) {
		return dots;
	}

	if (typeof content === 'string') {
		return bytes(Buffer.byteLength(content));
	}

	return bytes(content instanceof Uint8Array ? content.byteLength : content.size);
}

const bytes = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);
