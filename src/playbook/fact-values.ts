import { familyOf } from '../facts/os.ts';
import { childrenOf, type Expression, parseExpression } from '../vars/cel.ts';
import { isProblem, type SyntaxProblem } from '../vars/template-parser.ts';

// Facts are compared with words of Ansible, which are others: such a comparison would be false on every host.

/** A text in an expression that a fact is compared with and can never be. */
export type Impossible = {
	readonly fact: string;
	readonly value: string;
	/** Where the text stands, with its quotes. */
	readonly start: number;
	readonly end: number;
	/** What was meant, where that can be known. */
	readonly meant: string | undefined;
	/** What the fact can be, in words. */
	readonly values: string;
};

type Fact = {
	/** undefined: it may be this. Else what was meant, if that is known. */
	readonly never: (value: string) => { readonly meant: string | undefined } | undefined;
	readonly values: string;
};

// The ids of os-release(5) for the names that Ansible gives.
const ids: Readonly<Record<string, string>> = {
	almalinux: 'almalinux',
	alpine: 'alpine',
	amazon: 'amzn',
	archlinux: 'arch',
	centos: 'centos',
	debian: 'debian',
	fedora: 'fedora',
	'linux mint': 'linuxmint',
	'opensuse leap': 'opensuse-leap',
	'opensuse tumbleweed': 'opensuse-tumbleweed',
	oraclelinux: 'ol',
	'pop!_os': 'pop',
	redhat: 'rhel',
	rocky: 'rocky',
	sles: 'sles',
	ubuntu: 'ubuntu',
};

const isId = (value: string): boolean => /^[a-z0-9._-]*$/.test(value);

/** The value in lower case, when it is not so already. */
const lowerCase = (value: string): { readonly meant: string } | undefined =>
	value === value.toLowerCase() ? undefined : { meant: value.toLowerCase() };

const oneOf =
	(known: readonly string[]): Fact['never'] =>
	(value) =>
		known.includes(value) ? undefined : { meant: known.find((one) => one === value.toLowerCase()) };

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', i386: 'i686' };

const facts: Readonly<Record<string, Fact>> = {
	'facts.os.family': {
		never(value) {
			const lower = value.toLowerCase();
			const family = familyOf(ids[lower] ?? lower);
			const known = lower === 'redhat' || lower === 'suse' ? lower : family;
			const meant = known ?? (isId(ids[lower] ?? lower) ? (ids[lower] ?? lower) : undefined);
			return meant === value ? undefined : { meant };
		},
		values: "'debian', 'redhat', 'suse', 'alpine', or the id of the system, in lower case",
	},
	'facts.os.id': {
		never(value) {
			const lower = value.toLowerCase();
			const meant = ids[lower] ?? (isId(lower) ? lower : undefined);
			return isId(value) && value !== 'redhat' && value !== 'oraclelinux' && value !== 'archlinux'
				? undefined
				: { meant };
		},
		values: "'debian', 'ubuntu', 'rhel', 'rocky' and so on, in lower case",
	},
	'facts.os.codename': { never: lowerCase, values: "'bookworm', 'noble' and so on, in lower case" },
	'facts.arch': {
		never: (value) => (Object.hasOwn(machines, value) ? { meant: machines[value] } : undefined),
		values: "'x86_64', 'aarch64' and so on, as \"uname -m\" says it",
	},
	'facts.selinux': {
		never: oneOf(['enforcing', 'permissive', 'disabled']),
		values: "'enforcing', 'permissive' or 'disabled'",
	},
	'facts.virtualization': {
		never: (value) => (value === 'NA' ? { meant: 'none' } : lowerCase(value)),
		values: "'none', 'kvm', 'docker' and so on, in lower case",
	},
};

/** Every comparison in an expression that is the same on all hosts, because the fact can never be that text. */
export function impossibleIn(text: string): readonly Impossible[] {
	const tree = parseExpression(text);
	return isProblem(tree) ? [] : [...comparisons(tree)];
}

/** The first of them, as what is wrong with the expression. `written`: how an expression is written in its place. */
export function impossibleValue(text: string, written: (text: string) => string): SyntaxProblem | undefined {
	const [first] = impossibleIn(text);
	return first === undefined
		? undefined
		: {
				message: `${first.fact} is never ${quoted(first.value)}: it is ${first.values}`,
				index: first.start,
				hint: first.meant === undefined ? 'choose one of its values' : `write ${written(withPossible(text))}`,
			};
}

/** The expression with the values that were meant, as far as that can be known. */
export const withPossible = (text: string): string =>
	impossibleIn(text)
		.toSorted((a, b) => b.start - a.start)
		.reduce(
			(before, { start, end, meant }) =>
				meant === undefined ? before : before.slice(0, start) + quoted(meant) + before.slice(end),
			text,
		)
		.replaceAll(sameAgain, '$1')
		.replaceAll(listOfTexts, (all, operator: string, items: string) => onlyOnce(all, operator, items));

const sameAgain = /(\bfacts\.[\w.]+ == '[^']*')(?: \|\| \1)+/g;
const listOfTexts = /(\bin\s+)\[((?:\s*'[^'\\]*'\s*,?)+)\]/g;

/** Two words of Ansible may be one of ours: `in ['debian', 'debian']` is `== 'debian'`. */
function onlyOnce(all: string, operator: string, items: string): string {
	const texts = items.match(/'[^']*'/g) ?? [];
	const once = [...new Set(texts)];
	return once.length === texts.length
		? all
		: once.length === 1
			? `== ${once.join('')}`
			: `${operator}[${once.join(', ')}]`;
}

const quoted = (value: string): string => `'${value}'`;

function* comparisons(node: Expression): Generator<Impossible> {
	if (node.op === '==' || node.op === '!=') {
		const [left, right] = node.args;
		yield* compared(left, right);
		yield* compared(right, left);
	} else if (node.op === 'in' && node.args[1].op === 'list') {
		for (const item of node.args[1].args) {
			yield* compared(node.args[0], item);
		}
	}

	for (const child of childrenOf(node)) {
		yield* comparisons(child);
	}
}

function* compared(one: Expression, other: Expression): Generator<Impossible> {
	const name = factName(one);
	const fact = name !== undefined && Object.hasOwn(facts, name) ? facts[name] : undefined;
	if (name === undefined || fact === undefined || other.op !== 'value' || typeof other.args !== 'string') {
		return;
	}

	const never = fact.never(other.args);
	if (never !== undefined) {
		yield {
			fact: name,
			value: other.args,
			start: other.start,
			end: other.end,
			values: fact.values,
			...never,
		};
	}
}

/** `facts.os.family` of this host or of another: `hostvars[h].facts['os'].family`. */
function factName(node: Expression): string | undefined {
	const parts: string[] = [];
	let rest = node;
	while (rest.op === '.' || rest.op === '[]') {
		const [owner, key] = rest.args;
		const part = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
		parts.unshift(typeof part === 'string' ? part : '');
		rest = owner;
	}

	const names = rest.op === 'id' ? [rest.args, ...parts] : [];
	const start =
		names[0] === 'facts'
			? 0
			: names[0] === 'vars' && names[1] === 'facts'
				? 1
				: names[0] === 'hostvars'
					? 2
					: -1;
	return start >= 0 && names[start] === 'facts' ? names.slice(start).join('.') : undefined;
}
