import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { kindOf } from './kinds.ts';
import type { CelFunction, ParameterKind } from './signature.ts';
import { Missing, Mistake, type Opener, Optional } from './values.ts';

/** Check arguments against what the function takes, open the secrets that it needs, and call it. @throws Mistake */
export function callFunction(entry: CelFunction, values: readonly unknown[], opener: Opener): unknown {
	const opened = values.map((value, index) => {
		const kind = entry.takes[index] ?? 'any';
		const argument = kind.startsWith('plain') ? opener.openAll(value) : opener.open(value);
		const wanted = expected[kind];
		if (argument instanceof Optional || (wanted !== undefined && kindOf(argument) !== wanted)) {
			throw new Mistake(
				`${entry.signature}: ${parameterName(entry.signature, index)} must be ${wanted ? `a ${wanted}` : 'a value'}, and is ${opener.describe(argument)}`,
				argument instanceof Optional ? 'add .orValue(…)' : undefined,
			);
		}

		return argument;
	});
	return entry.apply(opened);
}

const expected: Readonly<Record<ParameterKind, 'text' | 'number' | 'boolean' | 'list' | 'map' | undefined>> =
	{
		text: 'text',
		number: 'number',
		boolean: 'boolean',
		list: 'list',
		map: 'map',
		any: undefined,
		plain: undefined,
		'plain list': 'list',
	};

const parameterName = (signature: string, index: number): string =>
	signature
		.slice(signature.indexOf('(') + 1, -1)
		.split(', ')
		.at(index) ?? '';

/** A variable of the environment that g2pbook was started in. @throws Missing */
export function lookupEnvironment(name: string): string {
	const value = process.env[name];
	if (value === undefined) {
		throw new Missing(`the environment has no variable "${name}"`);
	}

	return value;
}

/** A file on this machine, without the line ends at its end. @throws Missing */
export function lookupFile(path: string, folder: string | undefined): string {
	const file = resolve(folder ?? '.', path);
	try {
		return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
	} catch (error) {
		const reason =
			error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is none' : String(error);
		throw new Missing(`cannot read the file ${file}: ${reason}`);
	}
}
