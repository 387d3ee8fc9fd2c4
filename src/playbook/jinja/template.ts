import { isOfAnsible } from '../../vars/ansible-names.ts';
import { isProblem, parseTemplate, type SyntaxProblem } from '../../vars/template-parser.ts';
import { celTag, ofTag } from '../as-cel.ts';
import { adviceOnJinja } from './advice.ts';
import { computedBefore, nameFor } from './computed.ts';
import { otherBlock } from './other-block.ts';
import { type Branch, type For, type If, jinjaPieces, type Piece } from './pieces.ts';
import { inLoop, type Loop, loopedOver, nameOfItem, usesItem } from './template-loop.ts';

// The file of a template as Ansible has it. Each tag that computes is answered with the value to compute beforehand,
// and with what Mustache has in its place.

type Answer = { readonly message: string; readonly index: number; readonly hint: () => string | undefined };

/** What is Jinja in the file of a template, and is not Mustache. */
export function jinjaInTemplate(text: string): readonly SyntaxProblem[] {
	const pieces = /\{\{=/.test(text) ? [] : jinjaPieces(text);
	if (pieces === undefined) {
		return [];
	}

	const writer = new Writer(text);
	// A loop knows what its items need when all that is in it has been seen.
	return writer
		.answers(pieces, [])
		.map(({ message, index, hint }) => ({ message, index, hint: hint() }))
		.filter(({ hint }) => hint !== undefined)
		.sort((a, b) => a.index - b.index);
}

class Writer {
	readonly #text: string;
	readonly #names = new Map<string, string>();

	constructor(text: string) {
		this.#text = text;
	}

	answers(pieces: readonly Piece[], loops: readonly Loop[]): readonly Answer[] {
		return pieces.flatMap((piece): readonly Answer[] => {
			switch (piece.kind) {
				case 'text':
					return [];
				case 'value':
					return [
						{
							message: /^[\w.]+$/.test(piece.inner)
								? `"${piece.inner}" is the item of a loop of Jinja`
								: `"${piece.inner}" is not a name`,
							index: piece.index,
							hint: this.#value(piece.inner, loops),
						},
					];
				case 'if':
					return this.#if(piece, loops);
				case 'for':
					return this.#for(piece, loops);
				case 'set': {
					const cel = ofTag(piece.value);
					return [
						jinja(
							piece,
							cel === undefined
								? adviceOnJinja(piece.value)
								: `leave it out, and write ${piece.name}: ${celTag(cel)} into the vars of the task`,
						),
					];
				}
				case 'comment':
					return [jinja(piece, 'write {{! … }} instead of {# … #}')];
				default:
					return [jinja(piece, otherBlock(piece.word, piece.rest))];
			}
		});
	}

	/** For `{{ … }}`; undefined when it is as it should be. */
	#value(inner: string, loops: readonly Loop[]): Answer['hint'] {
		if (/\bansible_managed\b/.test(inner)) {
			return () => 'write a line of your own, such as "# Managed by g2pbook"';
		}

		if (/^\w+(\.\w+)*$/.test(inner) || /^[#^/!>&=]/.test(inner) || inner === '.') {
			const found = inLoop(inner, loops);
			return () => {
				const name = found === undefined ? (this.#ours(inner) ?? inner) : nameOfItem(inner, found);
				return name === inner ? undefined : name.startsWith('write ') ? name : `write {{${name}}}`;
			};
		}

		const cel = ofTag(inner);
		if (cel === undefined) {
			return () => adviceOnJinja(inner) ?? 'compute it with !cel in the vars of the task';
		}

		const { name, where } = this.#keep('value', cel, loops);
		return () => `write {{${name}}}${where}`;
	}

	/** Names of Ansible are missed only where the file can be read: of another one they are said here. */
	#ours(inner: string): string | undefined {
		const isMissed = isOfAnsible(inner.split('.')[0] ?? '') && isProblem(parseTemplate(this.#text));
		const cel = isMissed ? ofTag(inner) : undefined;
		return cel === undefined || cel === inner || /^[\w.]+$/.test(cel) ? cel : computedBefore(cel);
	}

	#if({ branches }: If, loops: readonly Loop[]): readonly Answer[] {
		const before: string[] = [];
		return branches.flatMap((branch, index) => {
			const { test, body } = branch;
			const inside = this.answers(body, loops);
			const own = test === undefined ? '' : ofTag(test, true);
			if (own === undefined) {
				return [
					jinja(branch, adviceOnJinja(test ?? '') ?? 'compute it with !cel in the vars of the task'),
					...inside,
				];
			}

			const otherwise = index === 0 && branches.length === 2 && branches[1]?.test === undefined;
			const conditions = [
				...before.map(negated),
				...(own === '' ? [] : [before.length > 0 && own.includes('||') ? `(${own})` : own]),
			];
			before.push(own);
			// The else of an if without elif is said together with it.
			const isSaid = test === undefined && branches.length === 2;
			return isSaid ? inside : [this.#section(branch, conditions.join(' && '), otherwise, loops), ...inside];
		});
	}

	#section(branch: Branch, cel: string, otherwise: boolean, loops: readonly Loop[]): Answer {
		// With "| bool" the text no counts as false, which a section does not see.
		const isAsked = /\|\s*bool\b/.test(branch.test ?? '');
		const [, sign = '', plain = ''] =
			(isAsked ? null : /^(!?)(?:truthy\()?([A-Za-z_][\w.]*)\)?$/.exec(cel)) ?? [];
		const shown = (name: string, before = '#') =>
			`{{${before}${name}}}…{{/${name}}}${otherwise ? `{{${before === '#' ? '^' : '#'}${name}}}…{{/${name}}}` : ''}`;
		// The section of a list is done for each of its items.
		if (plain !== '' && !this.#isList(plain)) {
			const found = inLoop(plain, loops);
			const before = sign === '!' ? '^' : '#';
			return jinja(
				branch,
				() => `write ${shown(found === undefined ? plain : nameOfItem(plain, found), before)}`,
			);
		}

		const { name, where } = this.#keep('if', cel, loops);
		return jinja(branch, () => `write ${shown(name)}${where}`);
	}

	#for({ items, list, body, ...tag }: For, loops: readonly Loop[]): readonly Answer[] {
		const [, bare = list] = /^(.*?)(?:\.items\(\)|\s*\|\s*dict2items)$/s.exec(list) ?? [];
		const loop: Loop = {
			items: items.length > 1 || bare !== list ? [...items, 'value'].slice(0, 2) : items,
			computed: new Map(),
		};
		const inside = this.answers(body, [...loops, loop]);
		const from = /\sif\s/.test(bare) ? undefined : ofTag(bare);
		if (from === undefined) {
			return [
				jinja(tag, adviceOnJinja(bare) ?? 'compute the list with !cel in the vars of the task'),
				...inside,
			];
		}

		const cel = loopedOver(from, loop);
		const keys =
			loop.computed.size > 0
				? ''
				: loop.items.length > 1
					? ', with {{key}} and {{value}} for each'
					: ', with {{.}} or {{key}} for each item';
		if (/^[\w.]+$/.test(cel)) {
			const found = inLoop(cel, loops);
			return [
				jinja(tag, () => {
					const name = found === undefined ? cel : nameOfItem(cel, found);
					return `write {{#${name}}}…{{/${name}}}${keys}`;
				}),
				...inside,
			];
		}

		const { name, where } = this.#keep('list', cel, loops, from);
		return [jinja(tag, () => `write {{#${name}}}…{{/${name}}}${keys}${where}`), ...inside];
	}

	/** A name for what is computed, and where its value belongs. */
	#keep(
		what: string,
		cel: string,
		loops: readonly Loop[],
		named = cel,
	): { readonly name: string; readonly where: string } {
		const loop = loops.findLast(({ items }) => usesItem(cel, items));
		const own =
			loop === undefined
				? cel
				: loop.items.reduce(
						(text, item) => text.replaceAll(new RegExp(`\\bvars\\.(?=${item}\\b)`, 'g'), ''),
						cel,
					);
		const name = this.#nameFor(what, named, own);
		if (loop === undefined) {
			return { name, where: `, and ${name}: ${celTag(own)} into the vars of the task` };
		}

		loop.computed.set(name, own);
		return { name, where: '' };
	}

	#nameFor(what: string, from: string, cel: string): string {
		const name = nameFor(what, from);
		for (let count = 1; ; count++) {
			const free = count === 1 ? name : `${name}_${count}`;
			if ((this.#names.get(free) ?? cel) === cel) {
				this.#names.set(free, cel);
				return free;
			}
		}
	}

	#isList(name: string): boolean {
		return new RegExp(
			`\\bin\\s+${name.replaceAll('.', '\\.')}\\b|\\b${name.replaceAll('.', '\\.')}\\s*\\|\\s*join`,
		).test(this.#text);
	}
}

const jinja = (
	{ whole, index }: { readonly whole: string; readonly index: number },
	hint: string | undefined | (() => string | undefined),
): Answer => ({
	message: `"${whole}" is Jinja, and templates are Mustache`,
	index,
	hint: typeof hint === 'function' ? hint : () => hint,
});

const negated = (cel: string): string => (/^[\w.]+(\([^()]*\))?$/.test(cel) ? `!${cel}` : `!(${cel})`);
