import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { inherit } from '../yaml/positions.ts';
import { readYaml } from '../yaml/read.ts';
import { sealed } from '../yaml/sealed.ts';
import { isMap } from './kinds.ts';

type Values = Readonly<Record<string, unknown>>;

type Options = {
	/** Where `@FILE` starts. */
	readonly cwd: string;
	readonly problems: Diagnostics;
	/** Gives the text of an encrypted file. */
	readonly decrypt?: ((file: string) => Promise<string>) | undefined;
};

/**
 * What `-e` says, later ones over earlier: `key=value` (several with blanks between them, as in Ansible), a map in
 * YAML or JSON, or `@FILE` with one. What cannot be used is told in `problems`.
 */
export async function readExtraVars(words: readonly string[], options: Options): Promise<Values> {
	const maps = await Promise.all(words.map((word) => readWord(word, options)));
	const merged = Object.assign({}, ...maps);
	const [only] = maps;
	return maps.length === 1 && only ? inherit(merged, only) : merged;
}

async function readWord(word: string, options: Options): Promise<Values> {
	if (word.startsWith('@')) {
		return readFileOf(resolve(options.cwd, word.slice(1)), options);
	}

	const assignments = assignmentsIn(word);
	if (assignments) {
		for (const [name, value] of assignments) {
			refuseData(name, value, options.problems);
		}

		return Object.fromEntries(assignments);
	}

	return asMap(readYaml('-e', options.problems, word), word, options);
}

async function readFileOf(file: string, options: Options): Promise<Values> {
	if (!file.endsWith('.age.yml')) {
		return asMap(readYaml(file, options.problems), file, options);
	}

	const text = await (options.decrypt?.(file) ?? readFile(file, 'utf8'));
	return asMap(sealed(readYaml(file, options.problems, text)), file, options);
}

function asMap(value: unknown, what: string, { problems }: Options): Values {
	if (isMap(value)) {
		return value;
	}

	if (value !== undefined) {
		problems.error(`-e ${what}: expected values with names`, {
			hint: 'write key=value, a map such as {key: value}, or @FILE',
		});
	}

	return {};
}

const assignment = /^([A-Za-z_]\w*)=("[^"]*"|'[^']*'|.*)$/s;

// A blank begins a new pair only when a name and = follow it, outside quotes: values may hold blanks without them.
function assignmentsIn(word: string): readonly (readonly [string, unknown])[] | undefined {
	const text = word.trim();
	const starts = [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"']|["'])+/g)]
		.filter(([part]) => assignment.test(part))
		.map(({ index }) => index);
	const found = starts.map((start, at) => assignment.exec(text.slice(start, starts[at + 1]).trimEnd()));
	return starts[0] === 0 && found.every((match) => match !== null)
		? found.map(([, name = '', value = '']) => [name, typed(value)] as const)
		: undefined;
}

/** A list or map behind `=` would be a text, as in Ansible, and hardly anybody means it. */
function refuseData(name: string, value: unknown, problems: Diagnostics): void {
	const text = typeof value === 'string' && /^(\[.*\]|\{.*\})$/s.test(value) ? value : '';
	if (text === '' || text.includes('{{') || isIPv6(text.slice(1, -1))) {
		return;
	}

	const data: unknown = readYaml('-e', new Diagnostics(), text);
	if (Array.isArray(data) || isMap(data)) {
		const kind = Array.isArray(data) ? 'list' : 'map';
		problems.error(`-e ${name}=${text}: what stands behind = is a text, not a ${kind}`, {
			hint: `write -e ${shellWord({ [name]: data })} for the ${kind}, -e ${shellWord({ [name]: text })} for the text`,
		});
	}
}

const shellWord = (values: Values): string => `'${JSON.stringify(values).replaceAll("'", "'\\''")}'`;

/** Only what cannot be meant otherwise is no text: 1.10 is a version, 0644 a mode, and yes a word. */
function typed(text: string): unknown {
	if (/^-?(0|[1-9]\d{0,14})$/.test(text)) {
		return Number(text);
	}

	if (text === 'true' || text === 'false') {
		return text === 'true';
	}

	return /^(".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text;
}
