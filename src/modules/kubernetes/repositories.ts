import { parse } from 'yaml';
import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';

/** A repository as helm has noted it. */
export type Repository = {
	readonly name: string;
	readonly url: string;
	readonly username: string;
	readonly password: string;
	readonly caFile: string;
};

/** The repository of that name in helm's file; undefined when it is not there, or there is no file. @throws ReadFailed */
export async function repositoryNamed(
	name: string,
	file: string,
	host: Reader,
): Promise<Repository | undefined> {
	const content = await host.content(file);
	const all = content === undefined ? [] : listIn(content.toString(), file);
	const found = all.find((each) => textAt(each, 'name') === name);
	return found === undefined
		? undefined
		: {
				name,
				url: textAt(found, 'url'),
				username: textAt(found, 'username'),
				password: textAt(found, 'password'),
				caFile: textAt(found, 'caFile'),
			};
}

function listIn(text: string, file: string): readonly unknown[] {
	let value: unknown;
	try {
		value = parse(text);
	} catch (cause) {
		// Not the parser's words: it shows the line, and a password may be in it.
		throw new ReadFailed(`${file} is no YAML`, {
			hint: 'helm keeps its repositories there: mend the file, or move it away and add them again',
			cause,
		});
	}

	const repositories = isMap(value) ? value.repositories : undefined;
	return Array.isArray(repositories) ? repositories : [];
}

const textAt = (value: unknown, key: string): string => {
	const found = isMap(value) ? value[key] : undefined;
	return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
