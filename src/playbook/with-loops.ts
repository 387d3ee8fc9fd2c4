import { isMap } from '../vars/kinds.ts';
import { CelExpression } from '../vars/types.ts';
import { asCel, celTag, ofTemplate } from './as-cel.ts';
import { isTemplate } from './fields.ts';
import { inYaml } from './yaml-text.ts';

/** What to write instead of `with_…`, for the same items in the same order. */
export function loopFor(keyword: string, value: unknown): string {
	const text = loopText(keyword.replace(/^with_/, ''), value);
	return text === undefined ? (words[keyword] ?? 'write one list in loop') : `write loop: ${text}`;
}

const words: Readonly<Record<string, string>> = {
	with_fileglob: 'list the files in loop, or copy the folder as a whole',
	with_filetree: 'copy the folder as a whole',
	with_first_found:
		'name the file by a fact: "{{facts.os.family}}.yml" is debian.yml, redhat.yml and so on (rename them); a special file gets a task of its own behind it, with when, and its values win',
	with_ini: 'write the values in loop',
	with_lines: 'run the command in a task before, with register, and loop over its stdout_lines',
	with_random_choice: 'a run does the same each time: write the one that is meant',
	with_sequence: 'write the numbers in loop, or !cel "range(n)" with a number n',
	with_subelements: 'write !cel "flatten(users.map(u, u.keys.map(k, [u, k])), 1)" for the keys of each user',
};

type Forms = Readonly<
	Record<string, (list: string, lists: readonly string[] | undefined) => string | undefined>
>;

const forms: Forms = {
	dict: (map) => `entries(${map})`,
	flattened: (list) => `flatten(${list})`,
	indexed_items: (list) => `range(size(${list})).map(i, [i, ${list}[i]])`,
	nested: (_, lists) => lists && combined(lists),
	cartesian: (_, lists) => lists && combined(lists),
	together: (_, lists) => lists && together(lists),
};

/** The value of `loop`, as it is written. */
function loopText(kind: string, value: unknown): string | undefined {
	switch (kind) {
		case 'items':
			return itemsText(value);
		case 'list':
			return plainText(value);
		case 'sequence':
			return typeof value === 'string' ? sequence(value) : undefined;
		case 'subelements':
			return subelements(value);
		case 'inventory_hostnames':
			return typeof value === 'string' && /^\w+$/.test(value) ? `"{{groups.${value}}}"` : undefined;
		default: {
			const whole = asCel(value);
			const lists = Array.isArray(value) ? value.map(asCel) : undefined;
			const known = lists?.filter((list) => list !== undefined);
			const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined;
			const cel = whole && form?.(whole, known?.length === lists?.length ? known : undefined);
			return cel && celTag(cel);
		}
	}
}

/** `with_items` takes the lists among its items apart, one level deep. */
function itemsText(value: unknown): string | undefined {
	if (Array.isArray(value)) {
		const mayHoldLists = value.some(
			(item) => Array.isArray(item) || item instanceof CelExpression || isWholeTag(item),
		);
		return mayHoldLists ? flat(value) : plainText(value);
	}

	return isTemplate(value) || value instanceof CelExpression ? flat(value) : plainText([value]);
}

const isWholeTag = (item: unknown): boolean => typeof item === 'string' && /^\s*\{\{.*\}\}\s*$/s.test(item);

function flat(value: unknown): string | undefined {
	const cel = asCel(value);
	return cel && celTag(`flatten(${cel}, 1)`);
}

/** As it stands, where it is short and has no Jinja in it. */
function plainText(value: unknown): string | undefined {
	if (value instanceof CelExpression) {
		return celTag(value.text);
	}

	if (typeof value === 'string') {
		const cel = ofTemplate(value);
		return cel === undefined || /^[\w.]+$/.test(cel) ? JSON.stringify(value) : celTag(cel);
	}

	return isMap(value) || !isPlain(value) ? undefined : inYaml(value);
}

const isPlain = (value: unknown): boolean =>
	Array.isArray(value)
		? value.every(isPlain)
		: isMap(value)
			? Object.values(value).every(isPlain)
			: value === null || ['string', 'number', 'boolean'].includes(typeof value);

const letters = 'abcdefgh';

/** Every item of the first with every item of the others, the last one turning fastest. */
function combined(lists: readonly string[]): string | undefined {
	const names = [...letters].slice(0, lists.length);
	if (lists.length < 2 || names.length < lists.length) {
		return undefined;
	}

	const inner = `[${names.join(', ')}]`;
	return lists.reduceRight<string>((body, list, index) => {
		const mapped = `${list}.map(${names[index]}, ${body})`;
		return index === lists.length - 1 ? mapped : `flatten(${mapped}, 1)`;
	}, inner);
}

/** The first items, the second items, and so on; null where a list is too short. */
const together = (lists: readonly string[]): string =>
	`range(max([${lists.map((list) => `size(${list})`).join(', ')}])).map(i, [${lists.map((list) => `${list}[?i].orValue(null)`).join(', ')}])`;

function subelements(value: unknown): string | undefined {
	const [from, key, flags] = Array.isArray(value) ? value : [];
	const list = asCel(from);
	if (list === undefined || typeof key !== 'string' || !/^[\w.]+$/.test(key)) {
		return undefined;
	}

	const lenient = isMap(flags) && (flags.skip_missing === true || flags.skip_missing === 'yes');
	const inner = lenient ? `default(u.${key}, [])` : `u.${key}`;
	return celTag(`flatten(${list}.map(u, ${inner}.map(k, [u, k])), 1)`);
}

/** `start=1 end=5 stride=2 format=host%02d`, whose items are texts. */
function sequence(text: string): string | undefined {
	const given = new Map(
		[...text.matchAll(/(\w+)=(\{\{.*?\}\}|\S+)/g)].map(([, name = '', word = '']) => [name, word]),
	);
	const short = /^(?:(-?\d+)-)?(\d+)(?:\/(\d+))?(?::(\S+))?$/.exec(text.trim());
	const [start = short?.[1] ?? '1', end = short?.[2], stride = short?.[3] ?? '1'] = [
		'start',
		'end',
		'stride',
	].map((name) => given.get(name));
	const format = given.get('format') ?? short?.[4] ?? '%d';
	const count = given.get('count');
	const [from, step] = [Number(start), Number(stride)];
	const last = end ?? (count && /^\d+$/.test(count) ? String(from + (Number(count) - 1) * step) : undefined);
	const to = Number(last);
	const width = /^([^%]*)%(0?)(\d*)([dx])([^%]*)$/.exec(format);
	if (width === null || Number.isNaN(from) || Number.isNaN(step) || step <= 0) {
		return undefined;
	}

	const [, before = '', zero, digits = '', base, after = ''] = width;
	if (last !== undefined && !Number.isNaN(to) && (to - from) / step < 30) {
		const items: string[] = [];
		for (let n = from; n <= to; n += step) {
			const number = n.toString(base === 'x' ? 16 : 10).padStart(Number(digits), zero === '' ? ' ' : '0');
			items.push(`${before}${number}${after}`);
		}

		return plainText(items);
	}

	const size = ofTemplate(count ?? end ?? '');
	return size === undefined || !/\{\{/.test(count ?? end ?? '') || digits !== '' || step !== 1
		? undefined
		: celTag(
				computed(count === undefined ? `int(${size}) - ${from - 1}` : `int(${size})`, from, before, after),
			);
}

function computed(size: string, from: number, before: string, after: string): string {
	const text = `string(i + ${from})`;
	const whole = [before && `'${before}'`, text, after && `'${after}'`].filter((part) => part !== '');
	return `range(${size}).map(i, ${whole.join(' + ')})`;
}
