import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { printDiagnostics } from '../src/code-frame.ts';
import { type Diagnostic, Diagnostics, place } from '../src/diagnostics.ts';
import { rawOf, sourceOf } from '../src/yaml/positions.ts';
import { readYaml } from '../src/yaml/read.ts';
import { CelExpression, SecretReference, VaultedValue } from '../src/yaml/tags.ts';

const read = (text: string) => {
	const problems = new Diagnostics();
	return { value: readYaml('f.yml', problems, text), problems: problems.list };
};

const told = ({ source, summary, hint }: Diagnostic): string =>
	`${source ? place(source).replace('f.yml:', '') : ''} ${summary} | ${hint ?? ''}`;

const values: readonly [title: string, text: string, value: unknown][] = [
	[
		'words of YAML 1.1 stay text',
		'{a: no, b: on, c: yes, d: 12:30:00}',
		{ a: 'no', b: 'on', c: 'yes', d: '12:30:00' },
	],
	[
		'core types',
		'[true, null, ~, 1, -2.5, 0o17, 0x1f, .inf, 1e3, ""]',
		[true, null, null, 1, -2.5, 15, 31, Number.POSITIVE_INFINITY, 1000, ''],
	],
	['an empty file', '', null],
	['a file of comments', '# nothing\n---\n', null],
	['a key without a value', 'a:\nb: 1', { a: null, b: 1 }],
	['keys are as written', '{0644: a, 1.10: b, true: c}', { '0644': 'a', '1.10': 'b', true: 'c' }],
	['block texts', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', { a: 'x\ny\n', b: 'x y' }],
	['an alias', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
	[
		'a merge: own keys win wherever they stand',
		'a: &x {p: 1, q: 2}\nb: {p: 3, <<: *x}\nc: {<<: *x, p: 4}',
		{ a: { p: 1, q: 2 }, b: { p: 3, q: 2 }, c: { p: 4, q: 2 } },
	],
	[
		'a merge of several: earlier wins',
		'a: &a {p: 1}\nb: &b {p: 2, q: 3}\nc: {<<: [*a, *b]}',
		{ a: { p: 1 }, b: { p: 2, q: 3 }, c: { p: 1, q: 3 } },
	],
	['a quoted << is a key', '{"<<": 1}', { '<<': 1 }],
	['tags of the core schema', '[!!str 12, !!int "3", ! x]', ['12', 3, 'x']],
	['a YAML 1.1 directive changes nothing', '%YAML 1.1\n---\na: yes', { a: 'yes' }],
];

test('a value of Ansible Vault is kept as it is written', (t) => {
	const { value, problems } = read('a: !vault |\n  $ANSIBLE_VAULT;1.1\n  33\n');
	t.deepEqual(problems, []);
	const { a } = value as { readonly a: unknown };
	t.true(a instanceof VaultedValue && a.text === '$ANSIBLE_VAULT;1.1\n33\n' && a.source?.line === 1);
});

// As `python3 -c 'import yaml; print(yaml.safe_load(…))'` says, but for dates.
const oldWords: readonly (readonly [word: string, value: unknown, warns?: string])[] = [
	...['yes', 'Yes', 'on', 'ON', 'true'].map((word) => [word, true] as const),
	...['no', 'NO', 'off', 'Off', 'False'].map((word) => [word, false] as const),
	...['y', 'n', 'Y', 'nO', '"no"', '0o17', '1e3', '08', '2001-12-14', '1:75', '10.0.0.1', '1.2.3'].map(
		(word) => [word, word.replaceAll('"', '')] as const,
	),
	['~', null],
	['010', 8, '010 is the number 8 (octal), as in Ansible'],
	['-0644', -420, '-0644 is the number -420 (octal), as in Ansible'],
	['0', 0],
	['1_000', 1000],
	['+12', 12],
	['0x1_f', 31],
	['0b101', 5],
	['12:30:45', 45_045, '12:30:45 is the number 45045 (to base 60), as in Ansible'],
	['2:30.5', 150.5, '2:30.5 is the number 150.5 (to base 60), as in Ansible'],
	['1.5', 1.5],
	['1_0.5e+3', 10_500],
	['.inf', Number.POSITIVE_INFINITY],
	['-.Inf', Number.NEGATIVE_INFINITY],
];

for (const [word, value, warns] of oldWords) {
	test(`YAML 1.1, for inventories: ${word}`, (t) => {
		const problems = new Diagnostics();
		t.deepEqual(readYaml('f.yml', problems, `a: ${word}\n`, { version: '1.1' }), { a: value });
		t.deepEqual(
			problems.list.map(({ severity, summary }) => [severity, summary]),
			warns === undefined ? [] : [['warning', warns]],
		);
	});
}

for (const [title, text, value] of values) {
	test(`YAML: ${title}`, (t) => {
		const result = read(text);
		t.deepEqual(result.problems.map(told), []);
		t.deepEqual(result.value, value);
	});
}

const faults: readonly [title: string, text: string, told: readonly string[]][] = [
	[
		'a key given twice',
		'a: 1\nb: 2\na: 3',
		['3:1 the key "a" is given twice | it is already given on line 1: remove one of them'],
	],
	[
		'a template without quotes',
		'a: {{ b }}',
		['1:5 a key must be text, and this one is a map | put a template in quotes: "{{ name }}"'],
	],
	['a list as key', '? [a]\n: 1', ['1:3 a key must be text | ']],
	[
		'a key that reaches into objects',
		'__proto__: {a: 1}',
		['1:1 the name "__proto__" cannot be used as a key | '],
	],
	[
		'a number that loses digits',
		'a: 12345678901234567890',
		[
			'1:4 the number 12345678901234567890 is too large to be kept exactly | put it in quotes to keep it as text: "12345678901234567890"',
		],
	],
	[
		'a hash that looks like a number',
		'a: 1234e567',
		[
			'1:4 the number 1234e567 is too large to be kept exactly | put it in quotes to keep it as text: "1234e567"',
		],
	],
	[
		'a second colon',
		'a: b: c',
		[
			'1:4 not valid YAML: a second ": " on this line, or a wrong indentation below it | put a text that holds ": " in quotes',
		],
	],
	[
		'a tab',
		'a:\n\tb: 1',
		['2:1 not valid YAML: tabs are not allowed as indentation | indent with spaces: YAML allows no tabs'],
	],
	[
		'text after a quote',
		'when: "a" == b',
		[
			'1:11 not valid YAML: unexpected scalar at node end | check the indentation; a value that begins with a quote must also end with it',
		],
	],
	[
		'a reserved character',
		'a: @b',
		['1:4 not valid YAML: plain value cannot start with reserved character @ | put the text in quotes'],
	],
	[
		'two documents',
		'a: 1\n---\nb: 2',
		[
			'2:1 not valid YAML: a file may hold only one document | write one document per file: remove the line "---" or split the file',
		],
	],
	['an unknown alias', 'a: *b', ['1:4 nothing before this place is marked &b | ']],
	[
		'a merge of a text',
		'a: {<<: b}',
		['1:9 the merge key << needs a map, or a list of maps | write <<: *name, where &name marks a map'],
	],
	['an unknown tag', 'a: !sel "x"', ['1:9 unknown tag "!sel" | did you mean "!cel"?']],
	[
		'a tag that builds objects',
		'a: !!js/function "x"',
		['1:18 unknown tag "tag:yaml.org,2002:js/function" | known tags are !cel, !secret and !unsafe'],
	],
	[
		'an expression that is none',
		'a: !cel [1]',
		['1:9 !cel needs an expression in quotes | for example !cel "port + 1"'],
	],
	[
		'a secret without a name',
		'a: !secret {}',
		[
			'1:12 !secret needs the name of a secret | write !secret NAME or !secret {name: NAME, generate: {length: 32, alphabet: alphanumeric}}',
		],
	],
	[
		'a secret with a wrong key',
		'a: !secret {name: x, size: 3}',
		[
			'1:12 !secret has no key "size" | write !secret NAME or !secret {name: NAME, generate: {length: 32, alphabet: alphanumeric}}',
		],
	],
	[
		'several faults, all at once',
		'a: !x 1\na: *y\n',
		[
			'1:7 unknown tag "!x" | known tags are !cel, !secret and !unsafe',
			'2:1 the key "a" is given twice | it is already given on line 1: remove one of them',
			'2:4 nothing before this place is marked &y | ',
		],
	],
];

for (const [title, text, expected] of faults) {
	test(`YAML fault: ${title}`, (t) => {
		t.deepEqual(read(text).problems.map(told), expected);
	});
}

test('YAML: a small file cannot become a huge value', (t) => {
	const levels = 'abcdefgh'.split('').map((name, index, all) => {
		const inner = index === 0 ? 'x' : `*${all[index - 1]}`;
		return `${name}: &${name} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
	});
	t.deepEqual(
		read(levels.join('\n')).problems.map(({ summary }) => summary),
		['aliases stand for more than 100000 values in all'],
	);
});

test('YAML: tags become values with a place', (t) => {
	const { value, problems } = read(
		'a: !cel "x + 1"\nb: !secret pw\nc: !secret {name: pw, generate: {length: 8, alphabet: hex}}\nd: !unsafe "{{ x }}"',
	);
	t.deepEqual(problems, []);
	t.deepEqual(value, {
		a: new CelExpression('x + 1', { file: 'f.yml', line: 1, column: 9, length: 7 }),
		b: new SecretReference('pw', undefined, { file: 'f.yml', line: 2, column: 12, length: 2 }),
		c: new SecretReference(
			'pw',
			{ length: 8, alphabet: 'hex' },
			{ file: 'f.yml', line: 3, column: 12, length: 48 },
		),
		d: new CelExpression('"{{ x }}"', { file: 'f.yml', line: 4, column: 12, length: 9 }),
	});
});

test('YAML: keys, values and containers have places, and values their text as written', (t) => {
	const { value } = read('# c\na: 0644\nb:\n  - "x"\n  - {m: "0644", n: }\n');
	const root = value as { a: number; b: [string, { m: string; n: null }] };
	const at = (container: object, key?: string | number, part?: 'key' | 'value') => {
		const source = sourceOf(container, key, part);
		return source && `${source.line}:${source.column}+${source.length ?? 1}`;
	};
	t.is(at(root), '2:1+7');
	t.is(at(root, 'a', 'key'), '2:1+1');
	t.is(at(root, 'a'), '2:4+4');
	t.is(at(root.b), '4:3+5');
	t.is(at(root.b, 0), '4:5+3');
	t.is(at(root.b[1], 'm', 'key'), '5:6+1');
	t.is(at(root.b[1], 'n'), '5:20+1');
	t.is(at(root, 'nothing'), undefined);
	t.is(at({}, 'a'), undefined);
	t.is(rawOf(root, 'a'), '0644');
	t.is(rawOf(root.b[1], 'm'), '"0644"');
});

test('YAML: a merged key has the place where it was written', (t) => {
	const { value } = read('base: &b\n  x: 1\nuse:\n  <<: *b\n');
	t.is(sourceOf((value as { use: object }).use, 'x')?.line, 2);
});

test('YAML: a file that is not there', (t) => {
	const problems = new Diagnostics();
	t.is(readYaml('/nowhere/f.yml', problems), undefined);
	t.regex(problems.list[0]?.summary ?? '', /^cannot read \/nowhere\/f\.yml: ENOENT/);
});

test('problems are printed by place, with the lines around them', (t) => {
	const text = 'tasks:\n  - name: Create the service group\n    group: {name: g2p,\n            gdi: 1500}\n';
	const shown = printDiagnostics(
		[
			{ severity: 'warning', summary: 'the host "x" is in no play', hint: 'check the pattern' },
			{
				severity: 'error',
				summary: 'unknown argument "gdi" for module "group"',
				hint: 'did you mean "gid"?',
				source: { file: '/p/site.yml', line: 4, column: 13, length: 3 },
			},
			{
				severity: 'error',
				summary: 'first',
				source: { file: '/p/site.yml', line: 1, column: 1, length: 99 },
			},
			{
				severity: 'error',
				summary: 'first',
				source: { file: '/p/site.yml', line: 1, column: 1, length: 99 },
			},
		],
		() => text,
		{ cwd: '/p' },
	);
	t.is(
		shown,
		`site.yml:1:1  first
    1 │ tasks:
      │ ^^^^^^

site.yml:4:13  unknown argument "gdi" for module "group"
    2 │   - name: Create the service group
    3 │     group: {name: g2p,
    4 │             gdi: 1500}
      │             ^^^ did you mean "gid"?

warning: the host "x" is in no play
   check the pattern

2 problems and 1 warning; nothing was touched
`,
	);
});

test('the content of an encrypted file is not shown beside a problem', (t) => {
	const file = join(mkdtempSync(join(tmpdir(), 'g2pbook-')), 'all.age.yml');
	writeFileSync(file, 'age-encryption.org/v1\nabc\n');
	const shown = printDiagnostics([
		{ severity: 'error', summary: 'wrong', hint: 'right', source: { file, line: 2, column: 1 } },
	]);
	t.is(shown, `${file}:2:1  wrong\n   right\n\n1 problem; nothing was touched\n`);
});

test('a tab before the marks does not shift them, and colours can be asked for', (t) => {
	const list: readonly Diagnostic[] = [
		{ severity: 'error', summary: 'x', source: { file: 'f', line: 1, column: 2, length: 2 } },
	];
	t.regex(
		printDiagnostics(list, () => '\tab'),
		/ {4}1 │ {5}ab\n {6}│ {5}\^\^\n/,
	);
	t.true(printDiagnostics(list, () => '\tab', { colour: true }).includes('\u001b[31m^^\u001b[39m'));
});
