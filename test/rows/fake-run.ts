import { BadInput } from '../../src/errors.ts';
import type { Run, Step } from '../../src/module/contract.ts';
import type { Secret } from '../../src/shell/secret.ts';
import { controllerFile } from './controller-files.ts';

/** What lies beside the playbook, and what the run would answer to a verb. What is not named may not be asked for. */
export type FakeRun = {
	/** Rendered texts of templates. */
	readonly templates?: Readonly<Record<string, string | Secret>>;
	/** Contents of files, which then lie in `/controller`. */
	readonly files?: Readonly<Record<string, string | Uint8Array>>;
	/** Of each folder its files by name; `NAME/` is an empty folder, and `-> TARGET` a link that leads nowhere. */
	readonly folders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
	readonly variables?: Readonly<Record<string, unknown>>;
	/** Values of CEL expressions. */
	readonly expressions?: Readonly<Record<string, unknown>>;
	readonly varsFiles?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	/** Answers of the person at the terminal. */
	readonly answers?: Readonly<Record<string, string>>;
};

/** A run that answers as described and notes in `performed` how long a verb waits and what it asks. */
export function runFrom(fake: FakeRun = {}, performed: (Step | string)[] = []): Run {
	return {
		template: async (src) => found(fake.templates, src, 'template'),
		file: async (src) => controllerFile(src, found(fake.files, src, 'file')),
		async folder(src) {
			const path = src.replace(/\/$/, '');
			const entries = Object.entries(fake.folders?.[path] ?? {});
			if (fake.folders?.[path] === undefined) {
				return undefined;
			}

			const parents = entries.flatMap(([name]) => {
				const parts = name.split('/').slice(0, -1);
				return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
			});
			return {
				files: entries
					.filter(([name, text]) => !name.endsWith('/') && !text.startsWith('-> '))
					.map(([relative, text]) => ({ relative, file: controllerFile(`${path}/${relative}`, text) })),
				folders: [...new Set(parents)],
				links: entries
					.filter(([, text]) => text.startsWith('-> '))
					.map(([relative, text]) => ({ relative, target: text.slice(3) })),
			};
		},
		evaluate: (expression) => found(fake.expressions, expression, 'expression'),
		variable: (name) => found(fake.variables, name, 'variable'),
		varsFile: async (src) => found(fake.varsFiles, src, 'vars file'),
		async sleep(seconds) {
			performed.push(`sleep ${seconds} s`);
		},
		async prompt(question) {
			performed.push(`prompt ${question}`);
			return fake.answers?.[question];
		},
		signal: new AbortController().signal,
	};
}

function found<T>(values: Readonly<Record<string, T>> | undefined, key: string, kind: string): T {
	const value = values?.[key];
	if (value === undefined) {
		throw new BadInput(`the row has no ${kind} named: ${key}`);
	}

	return value;
}
