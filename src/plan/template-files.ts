import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../diagnostics.ts';
import { checkText } from '../playbook/check-values.ts';
import { isTemplate } from '../playbook/fields.ts';
import { isFile, isFolder, placesOf } from '../playbook/search.ts';
import type { Keywords, TaskNode } from '../playbook/types.ts';
import { isMap } from '../vars/kinds.ts';
import { namesInTemplate } from '../vars/names.ts';
import { isProblem, type Piece, parseTemplate } from '../vars/template-parser.ts';
import { SourceText, sourceOf } from '../yaml/positions.ts';
import type { Use } from './uses.ts';

/** The files of `template` tasks, read once each: whether they can be read, and which names they use. */
export class TemplateFiles {
	readonly #problems: Diagnostics;
	readonly #thorough: boolean;
	readonly #uses = new Map<string, readonly Use[]>();
	readonly #partials = new Map<string, readonly string[]>();

	/** `thorough`: files too of which only a run says that they are meant. */
	constructor(problems: Diagnostics, { thorough = false } = {}) {
		this.#problems = problems;
		this.#thorough = thorough;
	}

	/** The names in the file of a `template` task and its partials, as far as the name of the file is known. */
	usesOf(task: TaskNode): readonly Use[] {
		if (task.module !== 'template') {
			return [];
		}

		if (this.#thorough && sourcesOf(task).length === 0 && task.role !== undefined) {
			this.#readAll(join(task.role.path, 'templates'));
		}

		return sourcesOf(task).flatMap((src) => {
			const file = placesOf(src, 'templates', task).find(isFile);
			return file === undefined ? [] : this.#inFile(file, task, new Set());
		});
	}

	#inFile(file: string, task: TaskNode, seen: Set<string>): readonly Use[] {
		if (seen.has(file)) {
			return [];
		}

		seen.add(file);
		if (!this.#uses.has(file)) {
			this.#read(file);
		}

		const partials = (this.#partials.get(file) ?? []).flatMap((name) => {
			const found = placesOf(name, 'templates', task).find(isFile);
			if (found === undefined) {
				this.#problems.error(`there is no template "${name}" for the partial in ${file}`, {
					source: { file, line: 1, column: 1 },
					hint: `looked for ${placesOf(name, 'templates', task).join(', ')}`,
				});
				return [];
			}

			return this.#inFile(found, task, seen);
		});
		return [...(this.#uses.get(file) ?? []), ...partials];
	}

	/** Whether the templates of a role can be read: each of them may be the one that is meant. */
	#readAll(folder: string): void {
		const names = isFolder(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
		for (const file of names.map((name) => join(folder, name)).sort()) {
			if (isFile(file) && !this.#uses.has(file)) {
				this.#read(file);
			}
		}
	}

	#read(file: string): void {
		const text = new SourceText(file, readFileSync(file, 'utf8'));
		checkText(text.text, this.#problems, (index) => text.source(index), false);
		// Blocks of Jinja give names of their own, and are said already.
		const given = new Set(
			[...text.text.matchAll(/\{%[-+]?\s*(?:set\s+(\w+)|for\s+([\w\s,]+?)\s+in\b)/g)].flatMap(
				([, name, items = '']) => name ?? items.split(/[\s,]+/),
			),
		);
		const names = namesInTemplate(text.text).filter(({ name }) => !given.has(name));
		const uses = names.map(({ name, path, index }): Use => {
			const at = text.text.indexOf(name, index);
			const source = text.source(at, at + name.length);
			return { name, path, text: text.text, kind: 'file', guarded: false, source };
		});
		const parsed = parseTemplate(text.text);
		this.#uses.set(file, uses);
		this.#partials.set(file, isProblem(parsed) ? [] : partialsIn(parsed));
	}
}

const partialsIn = (pieces: readonly Piece[]): readonly string[] =>
	pieces.flatMap((piece) =>
		piece.kind === 'partial' ? [piece.name] : piece.kind === 'section' ? partialsIn(piece.body) : [],
	);

/** The values that `src` has: a text, or what a list of items makes of it. */
export function sourcesOf({
	args: { src },
	loop,
	loopControl: { loopVar },
}: Pick<TaskNode, 'args' | 'loop' | 'loopControl'>): readonly string[] {
	if (typeof src !== 'string') {
		return [];
	}

	if (!isTemplate(src)) {
		return [src];
	}

	const tag = new RegExp(`\\{\\{\\s*${loopVar}(?:\\.(\\w+))?\\s*\\}\\}`, 'g');
	const made = (Array.isArray(loop) ? loop : []).map((item: unknown) =>
		src.replaceAll(tag, (all: string, key: string | undefined) => {
			const value: unknown = key === undefined ? item : isMap(item) ? item[key] : undefined;
			return typeof value === 'string' || typeof value === 'number' ? String(value) : all;
		}),
	);
	return made.filter((text) => !isTemplate(text));
}

/** Where `src` is written. */
export const placeOfSource = ({ args, source }: Pick<Keywords, 'source'> & Pick<TaskNode, 'args'>) =>
	sourceOf(args, 'src') ?? source;
