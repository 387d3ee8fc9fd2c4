import { createHash, randomBytes } from 'node:crypto';
import type { Content, Script, Step, Upload } from '../module/contract.ts';
import { quote } from '../shell/command.ts';
import { exports, fed, inlineLimit, written } from './input.ts';
import { subshell } from './protocol.ts';
import { type Source, sourceOf } from './source.ts';
import type { As } from './types.ts';

/** Bytes that are too many to travel with the request, and where they are wanted on the host. */
export type Load = {
	readonly source: Source;
	/** The file that they are to become part of; undefined: a file of the session's own. */
	readonly beside: string | undefined;
	/** Part of the name of the file on the host. */
	readonly id: string;
};

/** A step made ready: its shell text, and what has to be on the host before. */
export type Prepared = { readonly work: string; readonly load: Load | undefined };

const newId = (): string => randomBytes(8).toString('hex');

/** @throws TaskFailed for an environment that cannot be exported */
export async function prepare(step: Step, environment: As['environment']): Promise<Prepared> {
	switch (step.kind) {
		case 'upload':
			return upload(step);
		case 'script':
			return script(step, environment);
		case 'command':
			return withInput(step.input, subshell(step.line, exports(environment)));
	}
}

async function upload({ path, content, mode, owner, group, validate, backup }: Upload): Promise<Prepared> {
	const id = `${createHash('sha256').update(path).digest('hex').slice(0, 12)}.${newId()}`;
	const source = sourceOf(content);
	const large = source.size > inlineLimit;
	const stamp = backup ? new Date().toISOString().replace(/[-:]|\.\d+/g, '') : '';
	const words = [
		id,
		path,
		mode ?? '',
		owner ?? '',
		group ?? '',
		stamp,
		// The name of the new file is known on the host only: its target may be a link.
		validate?.replaceAll('%s', '"$_n"') ?? '',
		large ? 'staged' : '',
	];
	const work = `( _gu ${words.map(quote).join(' ')} )`;
	return large
		? { work: `${work} </dev/null`, load: { source, beside: path, id } }
		: { work: fed(await source.bytes(), work), load: undefined };
}

async function script(
	{ text, interpreter = ['/bin/sh'], arguments: words = [], chdir, input }: Script,
	environment: As['environment'],
): Promise<Prepared> {
	const id = newId();
	const source = sourceOf(text);
	const large = source.size > inlineLimit;
	const file = large ? blob(id) : `"$_gd/s.${id}"`;
	const program = [
		exports(environment),
		chdir === undefined ? '' : `cd ${quote(chdir)} || exit; `,
		`exec ${interpreter.map(quote).join(' ')} ${file} ${words.map(quote).join(' ')}`,
	].join('');
	const fed = await withInput(input, `( ${program} )`);
	const place = large ? '' : `${written(await source.bytes(), file)} || exit; `;
	const work = `( trap 'rm -f ${file}' EXIT; ${place}${fed.work} )`;
	return { work, load: large ? { source, beside: undefined, id } : fed.load };
}

async function withInput(input: Content | undefined, work: string): Promise<Prepared> {
	if (input === undefined) {
		return { work: `${work} </dev/null`, load: undefined };
	}

	const source = sourceOf(input);
	if (source.size <= inlineLimit) {
		return { work: fed(await source.bytes(), work), load: undefined };
	}

	const id = newId();
	return {
		work: `( trap 'rm -f ${blob(id)}' EXIT; ${work} <${blob(id)} )`,
		load: { source, beside: undefined, id },
	};
}

/** Shell text for the name of a file in the session's folder. */
const blob = (id: string): string => `"$_gd/blob.${id}"`;

/** Output is kept in files and shown at the end: without a reader a program would be killed by its own words. */
export const detached = (work: string): string =>
	`( { ${work}; } >"$_gd/o" 2>"$_gd/e"; _gc=$?; cat "$_gd/o"; cat "$_gd/e" >&2; exit $_gc )`;
