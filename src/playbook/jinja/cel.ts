import { ourExpression } from '../../vars/ansible-names.ts';
import { functionCall, methodCall, sliced } from './calls.ts';
import {
	and,
	asBoolean,
	asText,
	binds,
	type Cel,
	cel,
	choice,
	compare,
	either,
	filledIn,
	kindFor,
	member,
	not,
	or,
	quoted,
	variable,
	within,
} from './cel-text.ts';
import { filtered, type Words } from './filters.ts';
import { tested } from './tests.ts';
import { parseJinja } from './tree.ts';
import type { Jinja, Word } from './types.ts';

/**
 * A condition or another expression as Ansible has it, in CEL; undefined when it holds nothing of Jinja, or something
 * that nothing stands for. `asked`: it has to come to true or false.
 */
export function celFor(expression: string, asked = false): string | undefined {
	const inner = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(expression)?.[1];
	const bare = inner?.includes('{{') === false ? inner : expression.replace(/\{\{\s*([\w.]+)\s*\}\}/g, '$1');
	const tree = parseJinja(bare);
	const made = tree && (asked ? condition(tree) : celOf(tree));
	return made === undefined || made.text === expression ? undefined : made.text;
}

/** What has to come to true or false. */
function condition(tree: Jinja): Cel | undefined {
	if (tree.kind === 'binary' && (tree.sign === '&&' || tree.sign === '||')) {
		const [left, right] = [condition(tree.left), condition(tree.right)];
		return left && right && (tree.sign === '&&' ? and(left, right) : or(left, right));
	}

	const value = celOf(tree);
	return value && asBoolean(value);
}

/** A tree of Jinja in CEL; undefined when nothing stands for a part of it. */
export function celOf(tree: Jinja): Cel | undefined {
	switch (tree.kind) {
		case 'name':
			return named(tree.text);
		case 'number':
			return cel(tree.text, 'number');
		case 'text':
			return quoted(tree.text, tree.quote);
		case 'list':
			return all(tree.items, (items) => cel(`[${items.map(({ text }) => text).join(', ')}]`, 'list'));
		case 'map':
			return all(tree.entries.flat(), (parts) => cel(`{${pairs(parts).join(', ')}}`, 'map'));
		case 'member':
			return ofOtherHost(tree) ?? all([tree.of], ([of]) => known(member(of, tree.key, tree.optional)));
		case 'index':
			return (
				ofOtherHost(tree) ??
				all([tree.of, tree.at], ([of, at]) =>
					cel(`${within(of, binds.member)}[${tree.optional ? '?' : ''}${at.text}]`),
				)
			);
		case 'slice':
			return all(
				[tree.of, ...(tree.from ? [tree.from] : []), ...(tree.to ? [tree.to] : [])],
				([of, ...ends]) => sliced(of, tree.from && ends[0], tree.to && ends.at(-1)),
			);
		case 'call':
			return calling(tree);
		case 'filter':
			return withWords(tree.words, (words) => all([tree.of], ([of]) => filtered(of, tree.name, words)));
		case 'test':
			return withWords(tree.words, ({ plain, named }) =>
				all([tree.of], ([of]) => tested(of, tree.name, plain, named)),
			);
		case 'not':
			return negated(tree.of);
		case 'minus':
			return all([tree.of], ([of]) => cel(`-${within(of, binds.sign)}`, 'number', binds.sign));
		case 'binary':
			return binary(tree.sign, tree.left, tree.right);
		case 'choice':
			return all([tree.test, tree.yes, tree.otherwise], ([test, then, otherwise]) =>
				choice(asBoolean(test), then, otherwise),
			);
	}
}

const words: Readonly<Record<string, Cel>> = {
	True: cel('true', 'boolean'),
	true: cel('true', 'boolean'),
	False: cel('false', 'boolean'),
	false: cel('false', 'boolean'),
	None: cel('null'),
	none: cel('null'),
	null: cel('null'),
	ansible_check_mode: cel('check_mode', 'boolean'),
	check_mode: cel('check_mode', 'boolean'),
};

const named = (name: string): Cel => (Object.hasOwn(words, name) ? words[name] : undefined) ?? variable(name);

// Parts of the result of a command.
const known = (value: Cel): Cel =>
	/\.(stdout|stderr)$/.test(value.text)
		? { ...value, kind: 'text' }
		: /\.(changed|failed|skipped)$|^vars\['loop'\]\.(first|last)$/.test(value.text)
			? { ...value, kind: 'boolean' }
			: value;

/** `hostvars[h]['ansible_eth0']`: facts of another host have our names as well. */
function ofOtherHost(tree: Jinja): Cel | undefined {
	const path: string[] = [];
	let rest = tree;
	while (rest.kind === 'member' || rest.kind === 'index') {
		const key = rest.kind === 'member' ? rest.key : rest.at.kind === 'text' ? rest.at.text : undefined;
		if (rest.of.kind === 'name' && rest.of.text === 'hostvars') {
			const [name = '', ...parts] = path;
			const ours = ourExpression(name, parts);
			const host = ours && /\bfacts\./.test(ours.text) ? celOf(rest) : undefined;
			const text = host && ours?.text.replaceAll(/\bfacts\./g, `${host.text}.facts.`);
			return text === undefined
				? undefined
				: parts.slice((ours?.parts ?? 1) - 1).reduce((value, part) => member(value, part), cel(text));
		}

		if (key === undefined) {
			return undefined;
		}

		path.unshift(key);
		rest = rest.of;
	}

	return undefined;
}

function negated(of: Jinja): Cel | undefined {
	if (of.kind === 'test' && of.name === 'none') {
		return all([of.of], ([value]) => compare(value, '!=', cel('null')));
	}

	const value = condition(of);
	return value && not(value);
}

function calling({ of, words: given }: Extract<Jinja, { kind: 'call' }>): Cel | undefined {
	return withWords(given, (made) => {
		if (of.kind === 'name') {
			return functionCall(of.text, made);
		}

		if (of.kind === 'member' && of.key === 'format' && of.of.kind === 'text') {
			return made.named.size === 0 ? filledIn(of.of.text, /\{\}/, made.plain) : undefined;
		}

		return of.kind === 'member' && made.named.size === 0
			? all([of.of], ([receiver]) => methodCall(receiver, of.key, made.plain))
			: undefined;
	});
}

function binary(sign: string, left: Jinja, right: Jinja): Cel | undefined {
	if (sign === '%' && left.kind === 'text') {
		return all(right.kind === 'list' ? right.items : [right], (values) =>
			filledIn(left.text, /%[sdi]/, values),
		);
	}

	return all([left, right], ([one, other]) => {
		switch (sign) {
			case '&&':
			case '||':
				return either(sign, one, other);
			case '~':
				return cel(
					`${within(asText(one), binds.add)} + ${within(asText(other), binds.multiply)}`,
					'text',
					binds.add,
				);
			case '//':
				return cel(`floor(${within(one, binds.multiply)} / ${within(other, binds.sign)})`, 'number');
			case '+':
			case '-':
				return cel(
					`${within(one, binds.add)} ${sign} ${within(other, binds.multiply)}`,
					one.kind ?? other.kind,
					binds.add,
				);
			case '*':
			case '/':
			case '%':
				return one.kind === 'text'
					? undefined
					: cel(
							`${within(one, binds.multiply)} ${sign} ${within(other, binds.sign)}`,
							'number',
							binds.multiply,
						);
			default:
				return compare(one, sign, kindFor(one, other));
		}
	});
}

const pairs = (parts: readonly Cel[]): readonly string[] =>
	parts.flatMap(({ text }, index) => (index % 2 === 0 ? [`${text}: ${parts[index + 1]?.text ?? ''}`] : []));

function withWords(given: readonly Word[], then: (words: Words) => Cel | undefined): Cel | undefined {
	return all(
		given.map(({ value }) => value),
		(values) => {
			const named = new Map<string, Cel>();
			const plain: Cel[] = [];
			for (const [index, value] of values.entries()) {
				const name = given[index]?.name;
				if (name === undefined) {
					plain.push(value);
				} else {
					named.set(name, value);
				}
			}

			return then({ plain, named });
		},
	);
}

/** Undefined as soon as one part is. */
function all<const T extends readonly Jinja[]>(
	trees: T,
	then: (parts: { readonly [K in keyof T]: Cel }) => Cel | undefined,
): Cel | undefined {
	const parts = trees.map((tree) => celOf(tree)).filter((part) => part !== undefined);
	// As many parts as trees, which is what the type says.
	return parts.length === trees.length
		? then(parts as unknown as { readonly [K in keyof T]: Cel })
		: undefined;
}
