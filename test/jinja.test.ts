import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { celFor } from '../src/playbook/jinja/cel.ts';
import { Vars } from '../src/vars/vars.ts';
import { askAnsible } from './fixtures/ansible.ts';

// What hints write for an expression of Jinja comes to what Jinja makes of it, or fails: never silently to something
// else. Asked of Jinja itself, with Ansible's filters and tests, for each of these values as `x`.

const values: readonly unknown[] = [
	...[null, true, false, 0, 1, 3, 10, -7, 2.5],
	...[
		'',
		'no',
		'off',
		'false',
		'0',
		'yes',
		'on',
		'abc',
		'A-b-c',
		' pad ',
		'a.c',
		'1.10',
		'1.9.2',
		'-4',
		'3.7',
		'12',
	],
	...['line1\nline2\n', 'Ünïcode', 'a,b,,c'],
	...[[], ['b', 'a', 'b'], [3, 1, 2], [['a', ['b']], 'c'], ['', 0, 'v'], [true, false], ['10', '9']],
	...[{}, { k: 1, b: 2 }, { b: { c: 1 } }],
	[{ k: 1, n: 'x' }, { k: 2, n: 'y' }, { n: 'z' }],
	[
		{ k: 1, n: 'x' },
		{ k: 0, n: 'y' },
	],
];

/** Where something else comes out all the same, and why that is right. */
const known: readonly (readonly [expression: RegExp, why: string])[] = [
	[/^x is number$/, 'a boolean is no number'],
	[/string\b|^x ~|join/, 'a boolean as a text is true or false, not True or False'],
	[/\blist$/, 'a text is no list of letters, and a map no list of its keys'],
	[/to_(nice_)?(json|yaml)/, 'spaces, quotes and the order of keys: read again, it is the same'],
	[/from_yaml/, 'the words yes, no, on and off are texts in YAML 1.2'],
	[/quote$/, 'quotes that a shell takes away, where none are needed'],
	[/type_debug$/, 'kinds have names of ours: in a comparison, the hint has them'],
	[/union|difference/, 'sets of Python have no order, and lists keep theirs'],
	[/% 2$/, 'of negative numbers, the rest has their sign'],
	[/ is odd$/, 'numbers with a fraction are neither'],
	[/indent/, 'an empty text stays empty'],
	[/regex_escape/, 'some more signs are escaped'],
];

const folder = fileURLToPath(new URL('./fixtures/jinja', import.meta.url));
const expressions = readFileSync(`${folder}/expressions.txt`, 'utf8').trimEnd().split('\n');

function ours(expression: string, x: unknown): { readonly value?: unknown } {
	try {
		return { value: new Vars([{ kind: 'play vars', origin: 'test', values: { x } }]).evaluate(expression) };
	} catch {
		return {};
	}
}

test('what hints write means what Jinja means', async (t) => {
	const theirs = await askAnsible(t, 'python', ['evaluate.py'], {
		cwd: folder,
		input: { expressions, values },
	});
	if (theirs === undefined) {
		return;
	}

	const excused = new Set<RegExp>();
	for (const [row, expression] of expressions.entries()) {
		const written = celFor(expression);
		t.not(written, undefined, `${expression}: no hint`);
		const differing = values.flatMap((x, column) => {
			const jinja = (theirs as readonly (readonly { readonly value?: unknown }[])[])[row]?.[column] ?? {};
			const given = written === undefined ? {} : ours(written, x);
			const both = 'value' in jinja && 'value' in given;
			return both && JSON.stringify(jinja.value) !== JSON.stringify(given.value)
				? [
						`x = ${JSON.stringify(x)}: ${JSON.stringify(jinja.value)}, and here ${JSON.stringify(given.value)}`,
					]
				: [];
		});
		const [excuse] = known.find(([pattern]) => pattern.test(expression)) ?? [];
		if (differing.length > 0 && excuse !== undefined) {
			excused.add(excuse);
		} else {
			t.deepEqual(differing, [], `${expression} → ${written}`);
		}
	}

	t.deepEqual(
		known.map(([pattern]) => pattern).filter((pattern) => !excused.has(pattern)),
		[],
		'excuses that nothing needs',
	);
});
