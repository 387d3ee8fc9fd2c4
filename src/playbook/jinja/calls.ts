import { binds, type Cel, call, cel, member, missing, quoted, within } from './cel-text.ts';
import type { Words } from './filters.ts';

// What Python's methods, Jinja's functions and Ansible's lookups do, as functions of CEL.

type Method = (of: Cel, words: readonly Cel[]) => Cel | undefined;

const methods: Readonly<Record<string, Method>> = {
	endswith: (of, words) => call('endsWith', [of, ...words], 'boolean'),
	get: (of, [key, otherwise = cel('null')]) =>
		key && call('default', [missing(keyed(of, key)), otherwise], otherwise.kind),
	join: (of, [list]) => list && call('join', [list, of], 'text'),
	keys: (of) => call('keys', [of], 'list'),
	lower: (of) => call('lower', [of], 'text'),
	replace: (of, [old, fresh, more]) =>
		old && fresh && more === undefined ? call('replace', [of, old, fresh], 'text') : undefined,
	split: (of, [separator, more]) =>
		more === undefined ? call('split', [of, ...(separator ? [separator] : [])], 'list') : undefined,
	splitlines: (of, words) => (words.length === 0 ? call('lines', [of], 'list') : undefined),
	startswith: (of, words) => call('startsWith', [of, ...words], 'boolean'),
	strip: (of, words) => (words.length === 0 ? call('trim', [of], 'text') : undefined),
	upper: (of) => call('upper', [of], 'text'),
	values: (of) => call('values', [of], 'list'),
};

const keyed = (of: Cel, key: Cel): Cel =>
	/^'[A-Za-z_]\w*'$|^"[A-Za-z_]\w*"$/.test(key.text)
		? member(of, key.text.slice(1, -1))
		: cel(`${within(of, binds.member)}[${key.text}]`);

/** `text.split(',')`: what Python's methods do. What is no method of Python may be one of CEL. */
export function methodCall(of: Cel, name: string, words: readonly Cel[]): Cel | undefined {
	return Object.hasOwn(methods, name)
		? methods[name]?.(of, words)
		: cel(`${within(of, binds.member)}.${name}(${words.map(({ text }) => text).join(', ')})`, kindOf(name));
}

// Functions of CEL that say yes or no: people write half of it already.
const asking = new Set(
	'all bool cidr_overlap contains endsWith exists exists_one has hasValue ip_in_cidr matches startsWith truthy version_ge'.split(
		' ',
	),
);

const kindOf = (name: string): Cel['kind'] =>
	asking.has(name)
		? 'boolean'
		: name === 'size' || name === 'int'
			? 'number'
			: name === 'string'
				? 'text'
				: undefined;

const lookups: Readonly<Record<string, (words: readonly Cel[]) => Cel | undefined>> = {
	// What is not set is an empty text.
	env: ([name]) => name && call('default', [call('lookup_env', [name]), quoted('')], 'text'),
	file: ([path]) => path && call('lookup_file', [path], 'text'),
	flattened: (lists) => call('flatten', [cel(`[${lists.map(({ text }) => text).join(', ')}]`)], 'list'),
	varnames: ([pattern]) => pattern && cel(`keys(vars).filter(x, matches(x, ${pattern.text}))`, 'list'),
	vars: ([name]) => name && cel(`vars[${name.text}]`),
	dict: ([map]) => map && call('entries', [map], 'list'),
};

/** `range(1, 5)`, `lookup('env', 'HOME')` and the like. */
export function functionCall(name: string, { plain, named }: Words): Cel | undefined {
	if (['lookup', 'query', 'q'].includes(name)) {
		const [which, ...words] = plain;
		const plugin = which?.text.slice(1, -1).split('.').at(-1) ?? '';
		return named.size === 0 && Object.hasOwn(lookups, plugin) ? lookups[plugin]?.(words) : undefined;
	}

	if (name === 'dict') {
		const entries = [...named].map(([key, value]) => `'${key}': ${value.text}`);
		return plain.length === 0 ? cel(`{${entries.join(', ')}}`, 'map') : undefined;
	}

	const [first, last, more] = plain;
	if (name === 'range' && first && last) {
		return more !== undefined
			? undefined
			: first.text === '0'
				? call('range', [last], 'list')
				: cel(
						`range(${within(last, binds.add)} - ${within(first, binds.multiply)}).map(i, i + ${within(first, binds.multiply)})`,
						'list',
					);
	}

	return named.size === 0 ? call(name, plain, kindOf(name)) : undefined;
}

/** `list[1:]`, `text[:7]`. */
export const sliced = (of: Cel, from: Cel | undefined, to: Cel | undefined): Cel =>
	of.kind === 'text'
		? call('substring', [of, from ?? cel('0'), ...(to ? [to] : [])], 'text')
		: { ...call('slice', [of, from ?? cel('0'), ...(to ? [to] : [])]), ...(of.kind && { kind: of.kind }) };
