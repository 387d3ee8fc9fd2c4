/** A piece of an expression of CEL that is being written. */
export type Cel = {
	readonly text: string;
	/** How strongly its outermost sign binds: one of `binds`. */
	readonly binds: number;
	/** What it comes to, where that can be seen. */
	readonly kind?: 'boolean' | 'number' | 'text' | 'list' | 'map';
	/** A dotted name that may be missing. */
	readonly isName?: boolean;
};

export const binds = { choice: 0, or: 1, and: 2, compare: 3, add: 4, multiply: 5, sign: 6, member: 7 };

export const cel = (text: string, kind?: Cel['kind'], strength = binds.member): Cel => ({
	text,
	binds: strength,
	...(kind && { kind }),
});

/** In parentheses where what stands around it binds more strongly. */
export const within = ({ text, binds: own }: Cel, strength: number): string =>
	own < strength ? `(${text})` : text;

export const call = (name: string, parts: readonly Cel[], kind?: Cel['kind']): Cel =>
	cel(`${name}(${parts.map(({ text }) => text).join(', ')})`, kind);

/** `list.map(x, …)` and its like; what is done with each item is made of the item. */
export const each = (
	list: Cel,
	macro: 'map' | 'filter' | 'all' | 'exists',
	body: (item: Cel) => Cel | undefined,
): Cel | undefined => {
	const inner = body(cel('x'));
	return (
		inner &&
		cel(
			`${within(list, binds.member)}.${macro}(x, ${inner.text})`,
			macro === 'map' || macro === 'filter' ? 'list' : 'boolean',
		)
	);
};

export const not = (value: Cel): Cel => cel(`!${within(value, binds.sign)}`, 'boolean', binds.sign);

const kinds: Readonly<Record<string, string>> = {
	str: 'text',
	AnsibleUnicode: 'text',
	int: 'number',
	float: 'number',
	bool: 'boolean',
	list: 'list',
	dict: 'map',
	NoneType: 'null',
};

/** Beside `x | type_debug` the name of a type of Python is that of our kind. */
export const kindFor = (asked: Cel, name: Cel): Cel =>
	asked.text.startsWith('type(') && name.kind === 'text'
		? quoted(kinds[name.text.slice(1, -1)] ?? name.text.slice(1, -1))
		: name;

export const compare = (left: Cel, sign: string, right: Cel): Cel =>
	cel(`${within(left, binds.add)} ${sign} ${within(right, binds.add)}`, 'boolean', binds.compare);

export const and = (left: Cel, right: Cel): Cel =>
	cel(`${within(left, binds.and)} && ${within(right, binds.and)}`, 'boolean', binds.and);

export const or = (left: Cel, right: Cel): Cel =>
	cel(`${within(left, binds.or)} || ${within(right, binds.or)}`, 'boolean', binds.or);

export const choice = (test: Cel, then: Cel, otherwise: Cel): Cel => ({
	...cel(
		`${within(test, binds.or)} ? ${within(then, binds.or)} : ${otherwise.text}`,
		undefined,
		binds.choice,
	),
	...(then.kind === otherwise.kind && then.kind && { kind: then.kind }),
});

export const quoted = (text: string, quote = "'"): Cel =>
	cel(
		quote +
			text
				.replaceAll('\\', '\\\\')
				.replaceAll(quote, `\\${quote}`)
				.replaceAll('\n', '\\n')
				.replaceAll('\t', '\\t')
				.replaceAll('\r', '\\r') +
			quote,
		'text',
	);

/** A text with values in the places that a pattern marks; undefined when there are more or fewer. */
export function filledIn(text: string, place: RegExp, values: readonly Cel[]): Cel | undefined {
	const texts = text.split(place);
	const parts = texts.flatMap((piece, index) => {
		const value = values[index];
		return [
			...(piece === '' ? [] : [quoted(piece)]),
			...(value && index < texts.length - 1 ? [asText(value)] : []),
		];
	});
	return texts.length !== values.length + 1 || parts.length === 0
		? undefined
		: cel(
				parts.map((part) => within(part, binds.multiply)).join(' + '),
				'text',
				parts.length > 1 ? binds.add : binds.member,
			);
}

/** As a text: other things are made one, as `~` and versions do. */
export const asText = (value: Cel): Cel => (value.kind === 'text' ? value : call('string', [value], 'text'));

/** As true or false: Jinja takes anything there. */
export const asBoolean = (value: Cel): Cel =>
	value.kind === 'boolean'
		? value
		: value.kind === 'number'
			? compare(value, '!=', cel('0', 'number'))
			: call('truthy', [value], 'boolean');

// Words that CEL keeps for itself: as names they are reached through vars.
const reserved = new Set(
	'as break const continue else for function if import let loop namespace package return var void while'.split(
		' ',
	),
);

export const variable = (name: string): Cel =>
	reserved.has(name) ? { ...cel(`vars['${name}']`) } : { ...cel(name), isName: true };

export const member = (of: Cel, key: string, optional = false): Cel => ({
	...cel(
		reserved.has(key)
			? `${within(of, binds.member)}[${optional ? '?' : ''}'${key}']`
			: `${within(of, binds.member)}.${optional ? '?' : ''}${key}`,
	),
	...(of.isName && !reserved.has(key) && !optional && { isName: true }),
});

/** A name that may be missing, as `has` and `default` take it. */
export const missing = (value: Cel): Cel =>
	value.isName && !/^vars\b/.test(value.text) ? { ...value, text: `vars.${value.text}` } : value;

/** Of values, the one that decides: what is empty counts as false. */
export function either(sign: string, one: Cel, other: Cel): Cel {
	if (one.kind === 'boolean' && other.kind === 'boolean') {
		return sign === '&&' ? and(one, other) : or(one, other);
	}

	return sign === '&&' ? choice(asBoolean(one), other, one) : choice(asBoolean(one), one, other);
}
