import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Diagnostics } from '../src/diagnostics.ts';
import { dots, Secret } from '../src/shell/secret.ts';
import { readExtraVars } from '../src/vars/extra-vars.ts';
import { checkTemplate } from '../src/vars/names.ts';
import { CelExpression, type Layer, precedence, SecretReference, Unknown } from '../src/vars/types.ts';
import { BadValue, DependsOnUnknown, omit, UndefinedVariable, Vars } from '../src/vars/vars.ts';
import { readYaml } from '../src/yaml/read.ts';

const password = new Secret('hunter22');
const unknown = new Unknown('the result of "Ask"');

const vars = new Vars(
	[
		{
			kind: 'play vars',
			origin: 'test',
			values: {
				name: 'db01',
				port: 5432,
				ratio: 0.5,
				on: true,
				off: false,
				nothing: null,
				html: '<a href="x">\'&`=/</a>',
				list: ['a', 'b'],
				none: [],
				db: { host: 'x', ports: [5432, 5433], deep: { a: { b: { c: 1 } } } },
				users: [
					{ name: 'bea', groups: ['x', 'y'], password },
					{ name: 'abe', groups: [], password: 'plain' },
				],
				password,
				indirect: '{{name}}-{{port}}',
				alias: '{{db}}',
				doubled: new CelExpression('port * 2'),
				stored: new SecretReference('stored'),
				half: { good: '{{name}}', bad: '{{oops}}' },
				text_false: 'false',
				text_no: 'no',
				text_yes: 'Yes',
				a: '{{b}}',
				b: 'x{{c}}',
				c: new CelExpression('a'),
				self: { one: '{{self.two}}', two: 2 },
			},
		},
		{
			kind: 'run-time vars',
			origin: 'registered',
			literal: true,
			values: {
				evil: '{{password}}',
				evils: { stdout: '{{oops}}', cel: new CelExpression('oops') },
				asked: unknown,
			},
		},
		{ kind: 'magic', origin: 'test', values: { omit } },
	],
	{ secrets: { get: ({ name }) => new Secret(`the ${name} one`) } },
);

const templates: readonly (readonly [string, unknown])[] = [
	['plain', 'plain'],
	['{{name}}', 'db01'],
	['{{ name }}:{{ port }}', 'db01:5432'],
	['{{port}}', 5432],
	['{{{port}}}', 5432],
	['{{&ratio}}', 0.5],
	['{{on}}', true],
	['{{nothing}}', null],
	['{{list}}', ['a', 'b']],
	['{{db.ports.1}}', 5433],
	['{{db.deep.a.b.c}}', 1],
	['{{html}}|{{{html}}}', '<a href="x">\'&`=/</a>|<a href="x">\'&`=/</a>'],
	['{{on}}/{{off}}/{{ratio}}', 'true/false/0.5'],
	['{{indirect}}', 'db01-5432'],
	['{{alias.host}}', 'x'],
	['{{doubled}}', 10_864],
	['{{half.good}}', 'db01'],
	['{{self.one}}', 2],
	['{{#list}}[{{.}}]{{/list}}', '[a][b]'],
	[
		'{{#users}}{{name}}@{{db.host}}:{{#groups}}{{.}}{{/groups}}{{^groups}}none{{/groups}} {{/users}}',
		'bea@x:xy abe@x:none ',
	],
	['{{#db}}{{host}}{{name}}{{/db}}', 'xdb01'],
	['{{#on}}yes{{/on}}{{#off}}no{{/off}}{{^off}}off{{/off}}{{^none}}empty{{/none}}', 'yesoffempty'],
	['{{#nothing}}no{{/nothing}}{{^nothing}}null{{/nothing}}', 'null'],
	['{{! a comment }}x', 'x'],
	['{{=<% %>=}}docker ps --format "{{.Names}}" <%name%>', 'docker ps --format "{{.Names}}" db01'],
	['{{evil}}', '{{password}}'],
	['{{evil}}!', '{{password}}!'],
	['{{evils.stdout}}', '{{oops}}'],
	['{{omit}}', omit],
];

for (const [template, expected] of templates) {
	test(`${template} renders to ${String(JSON.stringify(expected))}`, (t) => {
		t.deepEqual(vars.render(template), expected);
	});
}

const undefinedNames: readonly (readonly [string, string, RegExp, RegExp?])[] = [
	['{{nmae}}', 'nmae', /"nmae" is not defined/, /did you mean "name"/],
	['x {{db.prots}}', 'db.prots', /db has host, ports, deep/, /"ports"/],
	['{{db.deep.a.x.c}}', 'db.deep.a.x.c', /db\.deep\.a has b/],
	['{{db.ports.2}}', 'db.ports.2', /items 0 to 1/],
	['{{#nope}}x{{/nope}}', 'nope', /not defined/],
	['{{^nope}}x{{/nope}}', 'nope', /not defined/],
	['{{#users}}{{mail}}{{/users}}', 'mail', /not defined/],
	['{{#users}}{{nmae}}{{/users}}', 'nmae', /not defined/, /"name"/],
	['{{half.bad}}', 'oops', /"oops" is not defined/],
	['{{half}}', 'oops', /"oops" is not defined/],
	['{{name.length}}', 'name.length', /name is a text/],
	['{{list.length}}', 'list.length', /list is a list/],
	['{{list.-1}}', 'list.-1', /list is a list/],
	['{{constructor}}', 'constructor', /not defined/],
	['{{constructor.name}}', 'constructor.name', /not defined/],
	['{{db.constructor}}', 'db.constructor', /not defined/],
	['{{db.__proto__}}', 'db.__proto__', /not defined/],
	['{{db.hasOwnProperty}}', 'db.hasOwnProperty', /not defined/],
	['{{toString}}', 'toString', /not defined/],
	['{{password.reveal}}', 'password.reveal', /password is a text/],
];

for (const [template, variable, message, hint] of undefinedNames) {
	test(`${template} is undefined`, (t) => {
		const error = t.throws(() => vars.render(template), { instanceOf: UndefinedVariable, message });
		t.is(error?.variable, variable);
		if (hint) {
			t.regex(error?.hint ?? '', hint);
		}
	});
}

const faults: readonly (readonly [string, RegExp, RegExp?])[] = [
	['x{{nothing}}', /"nothing" is null/, /\{\{#nothing\}\}/],
	['x{{list}}', /"list" is a list/, /to_json\(list\)/],
	['x{{db}}', /"db" is a map/, /to_json\(db\)/],
	['x{{omit}}', /omit/],
	['{{.}}', /item of a section/],
	['{{#text_false}}x{{/text_false}}', /the text "false", not a boolean/, /write false without quotes/],
	['{{#text_no}}x{{/text_no}}', /the text "no", not a boolean/, /write false without quotes/],
	['{{^text_yes}}x{{/text_yes}}', /the text "Yes", not a boolean/, /write true without quotes/],
	['{{> missing}}', /no partial "missing"/],
	['{{name', /unclosed tag/],
	['{{#on}}x', /unclosed section "on"/],
	['{{/on}}', /unopened section "on"/],
	['{{ name | upper }}', /"name \| upper" is not a name/, /!cel/],
	["{{ x | default('y') }}", /not a name/, /default\(vars\.x, 'y'\)/],
	['{{list[0]}}', /not a name/, /a\.0/],
	['{{.Names}}', /not a name/, /\{\{=<% %>=\}\}/],
	['{{}}', /not a name/, /delimiters/],
	['{{a}}', /a → b → c → a/, /one of them/],
];

for (const [template, message, hint] of faults) {
	test(`${template} is a mistake`, (t) => {
		const error = t.throws(() => vars.render(template), { instanceOf: BadValue, message });
		if (hint) {
			t.regex(error?.hint ?? '', hint);
		}
	});
}

test('a mistake in the syntax can be found without values', (t) => {
	t.is(checkTemplate('{{anything.at.all}}'), undefined);
	t.like(checkTemplate('ab {{a b}}'), { message: '"a b" is not a name', index: 3 });
	t.like(checkTemplate('{{#a}}{{b[0]}}{{/a}}'), { index: 6 });
	t.like(checkTemplate('{{x'), { message: 'unclosed tag' });
});

test('a value is rendered at any depth, and keeps its types', (t) => {
	t.deepEqual(
		vars.render({
			'{{name}}': ['{{port}}', 'p{{port}}', 1, null, true],
			nested: { cel: new CelExpression('[port, name]'), secret: new SecretReference('x') },
			gone: '{{omit}}',
			also_gone: new CelExpression('default(vars.nope, omit)'),
			items: ['a', '{{omit}}', 'b'],
		}),
		{
			'{{name}}': [5432, 'p5432', 1, null, true],
			nested: { cel: [5432, 'db01'], secret: new Secret('the x one') },
			items: ['a', 'b'],
		},
	);
	t.deepEqual(vars.render(JSON.parse('{"__proto__": "{{port}}"}')), JSON.parse('{"__proto__": 5432}'));
});

test('what a secret is rendered into is secret', (t) => {
	const rendered = vars.render({
		url: 'postgres://u:{{password}}@{{name}}',
		plain: '{{name}}',
		list: ['{{stored}}!'],
	});
	t.deepEqual(rendered, {
		url: new Secret('postgres://u:hunter22@db01'),
		plain: 'db01',
		list: [new Secret('the stored one!')],
	});
	t.is(JSON.stringify(rendered), `{"url":"${dots}","plain":"db01","list":["${dots}"]}`);
	t.deepEqual(vars.template('p={{password}}\n', { file: 'x' }), new Secret('p=hunter22\n'));
	t.is(vars.template('p={{name}}\n', { file: 'x' }), 'p=db01\n');
	t.true(vars.template('{{#users}}{{password}}{{/users}}', { file: 'x' }) instanceof Secret);
});

test('an unknown value stops what needs it, and nothing else', (t) => {
	for (const value of [
		'{{asked}}',
		'{{asked.stdout}}',
		'x{{asked.rc}}',
		{ a: ['{{asked}}'] },
		new CelExpression('asked.rc'),
	]) {
		const error = t.throws(() => vars.render(value), { instanceOf: DependsOnUnknown });
		t.is(error?.unknown, unknown);
	}

	t.throws(() => vars.get('asked'), { instanceOf: DependsOnUnknown, message: /the result of "Ask"/ });
	t.true(vars.has('asked'));
	t.is(vars.render('{{name}}'), 'db01');
	const looped = vars.with({
		kind: 'run-time vars',
		origin: 'r',
		literal: true,
		values: { r: { results: [unknown, { rc: 0 }] } },
	});
	t.throws(() => looped.render('{{r}}'), { instanceOf: DependsOnUnknown });
	t.is(looped.render('{{r.results.1.rc}}'), 0);
});

test('a template file: lines, partials, places', (t) => {
	const partials = (name: string): string | undefined =>
		new Map([
			['user', '- {{name}}\n  of {{db.host}}\n'],
			['again', '{{> again}}'],
		]).get(name);
	t.is(
		vars.template('users:\n{{#users}}\n  {{> user}}\n{{/users}}\nend\n', { file: 'x.conf', partials }),
		'users:\n  - bea\n    of x\n  - abe\n    of x\nend\n',
	);
	t.is(vars.template('a {{> user}}b', { file: 'x.conf', partials }), 'a - db01\n  of x\nb');
	t.throws(() => vars.template('{{> again}}', { file: 'x', partials }), { message: /includes itself/ });
	const error = t.throws(() => vars.template('one\ntwo {{name}} {{nope}}\n', { file: 'a/x.conf' }), {
		instanceOf: UndefinedVariable,
	});
	t.deepEqual(error?.source, { file: 'a/x.conf', line: 2, column: 14 });
	t.regex(error?.message ?? '', /at a\/x\.conf:2:14$/);
});

test('an error in a value names the line of the value', (t) => {
	const text = 'good: 1\nlist:\n  - a\n  - b: "x{{nope}}"\ncel: !cel "1 + nope"\n';
	const values = readYaml('group_vars/all.yml', new Diagnostics(), text) as Layer['values'];
	const fromFile = new Vars([{ kind: 'group vars', origin: 'group_vars/all.yml', values }]);
	for (const [name, line] of [
		['list', 4],
		['cel', 5],
	] as const) {
		const error = t.throws(() => fromFile.render(`{{${name}}}`), { instanceOf: UndefinedVariable });
		t.like(error?.source, { file: 'group_vars/all.yml', line });
	}

	t.deepEqual(fromFile.render('{{good}}'), 1);
});

test('precedence: each kind beats those before it, a later layer one of its kind', (t) => {
	const layers: readonly Layer[] = precedence.map((kind) => ({ kind, origin: kind, values: { x: kind } }));
	for (const [index, kind] of precedence.entries()) {
		t.is(new Vars(layers.slice(0, index + 1)).get('x'), kind);
		t.is(new Vars(layers.slice(0, index + 1).toReversed()).get('x'), kind);
	}

	const base = new Vars([
		{ kind: 'group vars', origin: 'all', values: { x: 1, y: 'all' } },
		{ kind: 'group vars', origin: 'web', values: { x: 2 } },
		{ kind: 'role defaults', origin: 'role', values: { x: 0, z: '{{x}}' } },
	]);
	t.deepEqual([base.get('x'), base.get('y'), base.get('z')], [2, 'all', 2]);
	const task = base.with(
		{ kind: 'group vars', origin: 'later', values: { x: 3 } },
		{ kind: 'task vars', origin: 't', values: { w: 4 } },
	);
	t.deepEqual([task.get('x'), task.get('z'), task.get('w')], [3, 3, 4]);
	t.is(base.get('x'), 2);
	t.deepEqual([...task.names()].sort(), ['w', 'x', 'y', 'z']);
	t.deepEqual(
		task.explain('x').map(({ layer, value }) => [layer.origin, value]),
		[
			['later', 3],
			['web', 2],
			['all', 1],
			['role', 0],
		],
	);
	t.deepEqual(task.explain('nope'), []);
	t.throws(() => task.get('nope'), { instanceOf: UndefinedVariable });
	t.false(task.has('constructor'));
});

test('the documentation has the order of precedence', (t) => {
	const document = readFileSync(new URL('../docs/variables.md', import.meta.url), 'utf8');
	const table = document.split('<!-- precedence -->')[1]?.split('\n\n')[0] ?? '';
	const rows = [...table.matchAll(/^\| (.+?) \|/gm)].map(([, kind]) => kind);
	t.deepEqual(rows.slice(1), [...precedence]);
});

test('only what is asked for is computed, and once', (t) => {
	const seen: string[] = [];
	const lazy = new Vars(
		[
			{
				kind: 'play vars',
				origin: 'p',
				values: {
					map: { a: new SecretReference('a'), b: new SecretReference('b') },
					x: '{{map.a}}{{map.a}}',
				},
			},
		],
		{
			secrets: {
				get({ name }) {
					seen.push(name);
					return new Secret(name);
				},
			},
		},
	);
	lazy.get('x');
	lazy.get('x');
	lazy.evaluate('has(vars.map)');
	t.deepEqual(seen, ['a']);
});

test('the view of another host gives values that are rendered, and never again', (t) => {
	const other = new Vars([
		{ kind: 'host vars', origin: 'h', values: { ip: '10.0.0.{{n}}', n: 5, broken: '{{oops}}' } },
		{ kind: 'run-time vars', origin: 'r', literal: true, values: { said: '{{n}}' } },
	]);
	const mine = vars.with({ kind: 'magic', origin: 'm', values: { hostvars: { db01: other.view() } } });
	t.is(mine.render('{{hostvars.db01.ip}}'), '10.0.0.5');
	t.is(mine.render('{{hostvars.db01.said}}'), '{{n}}');
	t.is(mine.evaluate("hostvars['db01'].ip + hostvars.db01.said"), '10.0.0.5{{n}}');
	t.is(mine.evaluate("'ip' in hostvars.db01 && !has(hostvars.db01.nope)"), true);
	t.deepEqual(mine.evaluate('keys(hostvars.db01).sort()'), ['broken', 'ip', 'n', 'said']);
	t.throws(() => mine.render('{{hostvars.db01.broken}}'), { instanceOf: UndefinedVariable });
	t.throws(() => mine.render('{{hostvars.db01.nope}}'), { message: /hostvars\.db01 has/ });
	t.throws(() => Object.assign(other.view(), { ip: 1 }), { instanceOf: TypeError });
});

test('a secret without a store says how to make one', (t) => {
	const error = t.throws(() => new Vars([]).render(new SecretReference('x')), { instanceOf: BadValue });
	t.regex(error?.hint ?? '', /secret init/);
});

test('-e: assignments, maps, files', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-vars-'));
	writeFileSync(join(folder, 'more.yml'), 'a: 3\nlist: [x]\n');
	const read = async (...words: string[]) => {
		const problems = new Diagnostics();
		return [await readExtraVars(words, { cwd: folder, problems }), problems.list.length] as const;
	};

	for (const [words, expected] of [
		[['a=1'], { a: 1 }],
		[['a=1 b=two'], { a: 1, b: 'two' }],
		[['a="x y" b=\'\''], { a: 'x y', b: '' }],
		[['message=hello big world'], { message: 'hello big world' }],
		[['url=http://x/?a=b'], { url: 'http://x/?a=b' }],
		[
			['on=true', 'version=1.10', 'mode=0644', 'word=yes'],
			{ on: true, version: '1.10', mode: '0644', word: 'yes' },
		],
		[['{"a": [1], b: {c: true}}'], { a: [1], b: { c: true } }],
		[['a=1', '@more.yml', 'b=2'], { a: 3, list: ['x'], b: 2 }],
	] as const) {
		t.deepEqual(await read(...words), [expected, 0], words.join(' '));
	}

	t.deepEqual(await read('nonsense'), [{}, 1]);
	t.deepEqual(await read('[1]'), [{}, 1]);
	t.deepEqual(await read('@missing.yml'), [{}, 1]);
	rmSync(folder, { recursive: true });
});
