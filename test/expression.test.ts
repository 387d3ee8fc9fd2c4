import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { dots, Secret } from '../src/shell/secret.ts';
import { functions, specialFunctions } from '../src/vars/functions.ts';
import { checkExpression, namesIn, namesInExpression, namesInTemplate } from '../src/vars/names.ts';
import { omit } from '../src/vars/omit.ts';
import { CelExpression, Unknown } from '../src/vars/types.ts';
import { BadValue, DependsOnUnknown, UndefinedVariable, Vars } from '../src/vars/vars.ts';
import { compareVersions } from '../src/vars/version.ts';

const unknown = new Unknown('the result of "Read the version"');

const vars = new Vars([
	{
		kind: 'play vars',
		origin: 'test',
		values: {
			rc: 0,
			port: 5432,
			text: 'abc',
			empty: null,
			list: [1, 2, 3],
			mixed: ['a', 1],
			db: { host: 'x', port: 5432, password: new Secret('hunter22') },
			users: [{ name: 'bea' }, { name: 'abe', mail: 'a@b' }],
			password: new Secret('hunter22'),
			broken: '{{oops}}',
			computed: new CelExpression('port + 1'),
			map: 'a name like a macro',
		},
	},
	{
		kind: 'run-time vars',
		origin: 'test',
		values: { result: unknown, results: [{ rc: 0 }, unknown] },
		literal: true,
	},
	{ kind: 'magic', origin: 'test', values: { omit } },
]);

const evaluate = (expression: string): unknown => vars.evaluate(expression);

const document = readFileSync(new URL('../docs/expressions.md', import.meta.url), 'utf8');
const documented = [...document.matchAll(/```cel\n(.*?)```/gs)].flatMap(([, block = '']) =>
	block.trim().split('\n'),
);

for (const line of documented) {
	const [expression = '', result = ''] = line.split('→').map((side) => side.trim());
	test(`docs: ${expression}`, (t) => {
		const yaml = /<!-- variables -->\n```yaml\n(.*?)```/s.exec(document)?.[1] ?? '';
		const values = new Vars([{ kind: 'play vars', origin: 'docs', values: parse(yaml) }]);
		t.deepEqual(values.evaluate(expression), JSON.parse(result));
	});
}

test('every function is in the documentation, with an example', (t) => {
	const examples = documented.join('\n');
	for (const name of [...functions.keys(), ...specialFunctions.keys()]) {
		t.regex(examples, new RegExp(`\\b${name}\\(`), name);
	}

	for (const { signature } of functions.values()) {
		t.true(document.includes(`\`${signature}\``), signature);
	}
});

const results: readonly (readonly [string, unknown])[] = [
	['computed', 5433],
	['1 + 1 == 2 && 5 / 2 == 2.5', true],
	['2 * 3 - -1', 7],
	['0.1 + 0.2 > 0.3', true],
	['1e3', 1000],
	['0xFF', 255],
	['5u + 1', 6],
	['[1, [2]] == [1.0, [2]]', true],
	["{'a': 1} == {'a': 2}", false],
	['empty == null && port != null', true],
	["'a' in mixed && 1 in mixed", true],
	["'a' in []", false],
	["'rc' in vars && !('nope' in vars)", true],
	["size(keys(vars)) > 5 && vars.exists(k, k == 'rc')", true],
	['map == "a name like a macro"', true],
	["[{'a': 1}, {'b': 2}].map(m, size(m))", [1, 1]],
	["{'a': omit, 'b': [omit, 1]}", { b: [1] }],
	['default(empty, 1)', null],
	['default(default(vars.a, vars.b), 3)', 3],
	['has(broken)', true],
	['has(nope.a.b)', false],
	['has(users[1].mail) && !has(users[0].mail)', true],
	['default(vars.?nope, 4)', 4],
	['users.map(u, default(u.mail, "-"))', ['-', 'a@b']],
	['list.map(x, list.map(y, x * y))[2]', [3, 6, 9]],
	['cel.bind(x, 2, cel.bind(y, x + 1, x * y))', 6],
	["text.substring(1) + 'é'.upper()", 'bcÉ'],
	["size('añ😀')", 3],
	['"a\\nb".split("\\n")', ['a', 'b']],
	["replace('a$b', '$', '$&')", 'a$&b'],
	['"""x"""', 'x'],
	["sort(['b', 'a', 'C'])", ['C', 'a', 'b']],
	["unique([{'a': 1, 'b': 2}, {'b': 2, 'a': 1}])", [{ b: 2, a: 1 }]],
	["cidr_host('::/0', 1) == '::1' && cidr_host('10.0.0.7/30', 0) == '10.0.0.4'", true],
	["cidr_host('2001:db8::ffff:0:0:0/80', 1)", '2001:db8::ffff:0:0:1'],
	["ip_in_cidr('::ffff:10.0.0.1', '::ffff:0:0/96')", true],
	["cidr_overlap('fd00::/8', '10.0.0.0/8') || cidr_overlap('10.1.0.0/16', '10.2.0.0/16')", false],
	['false && result.rc == 0', false],
	['result.rc == 0 && false', false],
	['result.rc == 0 || true', true],
	['results.exists(r, r.rc == 0)', true],
	['results.all(r, r.rc == 1)', false],
	['has(vars.result)', true],
	['true ? 1 : result', 1],
	['omit', omit],
	['default(vars.nope, omit)', omit],
];

for (const [expression, expected] of results) {
	test(`${expression} gives ${String(JSON.stringify(expected))}`, (t) => {
		t.deepEqual(evaluate(expression), expected);
	});
}

const faults: readonly (readonly [string, RegExp, RegExp?])[] = [
	["rc == '0'", /rc is the number 0, '0' is the text "0"/, /string\(rc\)/],
	["[1] == ['1']", /an item of \[1\] is the number 1/],
	["rc in ['0', '1']", /can never be in it/],
	['port + text', /port is the number 5432, text is the text "abc"/, /string\(/],
	['db + db', /"\+" joins/, /merge/],
	['text < 1', /compares two numbers or two texts/],
	['true < false', /compares two numbers or two texts/],
	['1 / rc', /division by zero: rc is 0/],
	['!port', /port must be a boolean, and is the number 5432/],
	['port && true', /port must be a boolean/],
	['port ? 1 : 2', /port must be a boolean/],
	['-text', /text must be a number/],
	['join(1, ",")', /join\(list, separator\): list must be a list, and is the number 1/],
	['users.join(",")', /one item is a map/, /list\.map/],
	['users.sort()', /one item is a map/, /sort\(list, "name"\)/],
	['text.map(x, x)', /goes through a list/],
	['nope(1)', /there is no function "nope"/],
	['uper(text)', /there is no function "uper"/, /did you mean "upper"/],
	['text.has()', /there is no function "has"/, /write has\(…\)/],
	['map(list, 1)', /there is no function "map"/, /list\.map\(item/],
	['lower(text, 1)', /lower\(text\) takes 1 argument, and got 2/],
	['replace(text, "a")', /takes 3 arguments, and got 2/],
	['matches(text, "(")', /[Uu]nterminated group|Invalid regular expression/],
	['from_json("{")', /not valid JSON/],
	['int("4x")', /not a number/],
	['bool("maybe")', /neither true nor false/],
	['string(list)', /has no text of its own/, /to_json/],
	['vars.?port', /may be there or not/, /orValue/],
	['port.orValue(1)', /needs a value that may be missing/],
	['from_entries([1])', /takes maps with a key, which is a text, and a value/],
	['optional.none().value()', /there is no value/],
	['lower(vars.?text)', /is an optional value/, /orValue/],
	["ip_in_cidr('10.0.0', '10.0.0.0/8')", /"10\.0\.0" is not an IP address/],
	["cidr_host('10.0.0.0/33', 1)", /not a network/],
	["cidr_host('10.0.0.0/30', 4)", /has no address number 4: it has 4/],
	['9999999999999999999', /too large|number/i],
	["b'x'", /no bytes/],
	['lookup_file("no/such/file")', /cannot read the file/],
	['lookup_env("G2PBOOK_NO_SUCH_THING")', /no variable "G2PBOOK_NO_SUCH_THING"/],
	['password < 1', /password is a text/],
	['1 +', /unexpected the end/],
	['(1', /expected "\)", found the end/],
	['a = 1', /unexpected/, /write ==/],
	['x is defined', /unexpected "is"/, /has\(vars\.NAME\)/],
	['x and y', /unexpected "and"/, /&&/],
	['{{x}}', /unexpected|expected/, /without \{\{ \}\}/],
	["x | default('y')", /unexpected/, /default\(vars\.NAME/],
	['x not in y', /unexpected "not"/, /!\(x in list\)/],
	['loop == 1', /reserved identifier: loop/],
];

for (const [expression, message, hint] of faults) {
	test(`${expression} is a mistake`, (t) => {
		const error = t.throws(() => evaluate(expression), { instanceOf: BadValue, message });
		t.regex(error?.message ?? '', /\n {2}in .*\n +\^/);
		if (hint) {
			t.regex(error?.hint ?? '', hint);
		}
	});
}

const undefinedNames: readonly (readonly [string, string, RegExp, RegExp?])[] = [
	['prot', 'prot', /"prot" is not defined/, /"port"/],
	['vars.prot', 'prot', /"prot" is not defined/, /"port"/],
	['db.prot == 1', 'db.prot', /"db\.prot" is not defined: db has host, port, password/, /"port"/],
	['db.host.name', 'db.host.name', /db\.host is a text/],
	['list[3]', 'list.3', /list is a list with the items 0 to 2/],
	['list.length', 'list.length', /list is a list/],
	['empty.x', 'empty.x', /empty is null/],
	['users.map(u, u.mial)', 'u.mial', /u has name/],
	['users.map(user, usr.name)', 'usr.name', /"usr" is not defined/, /"user"/],
	['constructor', 'constructor', /not defined/],
	['db.constructor', 'db.constructor', /not defined/],
	['db.__proto__', 'db.__proto__', /not defined/],
	['text.length', 'text.length', /text is a text/],
	['vars.toString', 'toString', /not defined/],
	['broken', 'oops', /"oops" is not defined/],
	['default(broken, 1)', 'oops', /"oops" is not defined/],
	["from_json('{}').a", "from_json('{}').a", /is an empty map/],
	['ansible_facts.os_family', 'ansible_facts.os_family', /"ansible_facts" is not/, /facts\.os\.family/],
	['ansible_failed_result.rc', 'ansible_failed_result.rc', /not defined/, /write failed_result\.rc/],
	['ansible_version.full', 'ansible_version.full', /not defined/, /leave it out/],
];

for (const [expression, variable, message, hint] of undefinedNames) {
	test(`${expression} names something undefined`, (t) => {
		const error = t.throws(() => evaluate(expression), { instanceOf: UndefinedVariable, message });
		t.is(error?.variable, variable);
		if (hint) {
			t.regex(error?.hint ?? '', hint);
		}
	});
}

for (const expression of [
	'result',
	'result.rc == 0',
	'result.rc == 0 && true',
	'result.rc == 0 && nope',
	'false || result.ok',
	'!result.ok',
	'results.all(r, r.rc == 0)',
	'results.map(r, r.rc)',
	'default(result.rc, 1)',
	'vars.?result.rc.orValue(1)',
	'to_json(results)',
	'result.rc in [0]',
]) {
	test(`${expression} depends on what is not known yet`, (t) => {
		const error = t.throws(() => evaluate(expression), { instanceOf: DependsOnUnknown });
		t.is(error?.unknown, unknown);
	});
}

test('a text that was computed from a secret is one', (t) => {
	for (const expression of [
		"password + '!'",
		"'a' + password",
		'b64encode(password)',
		'sha256(password)',
		'to_json(db)',
		"join([password, 'x'], ',')",
		"replace('x-y', 'y', password)",
		'string(password)',
		'password == "" ? "none" : "some"',
	]) {
		const value = evaluate(expression);
		t.true(value instanceof Secret, expression);
		t.is(String(value), dots);
	}

	t.is((evaluate("password + '!'") as Secret).reveal(), 'hunter22!');
	t.deepEqual(evaluate("[password, 'x']"), [new Secret('hunter22'), 'x']);
	t.deepEqual(evaluate('merge(db, {"a": 1})'), {
		host: 'x',
		port: 5432,
		password: new Secret('hunter22'),
		a: 1,
	});
	t.is(evaluate('password == "hunter22"'), true);
	t.is(evaluate('size(password)'), 8);
	t.is(evaluate('users[0].name'), 'bea');
	const [part] = evaluate("split(password, 'r')") as Secret[];
	t.true(part instanceof Secret);
});

test('no message shows a secret', (t) => {
	for (const expression of [
		'password == 1',
		'password < 3',
		"join(password, '')",
		'password ? 1 : 2',
		'int(password)',
	]) {
		const error = t.throws(() => evaluate(expression));
		t.notRegex(error?.message ?? '', /hunter22/);
	}
});

test('an error names the expression, the place and the part', (t) => {
	const source = { file: 'site.yml', line: 3, column: 9 };
	const error = t.throws(() => vars.evaluate('rc == 0 &&\n  db.prot == 1', source), {
		instanceOf: UndefinedVariable,
	});
	t.is(
		error?.message,
		[
			'"db.prot" is not defined: db has host, port, password',
			'  in   db.prot == 1',
			'       ^^^^^^^',
			'  at site.yml:3:9',
		].join('\n'),
	);
	t.deepEqual(error?.source, source);
});

test('a condition is true or false and nothing else', (t) => {
	t.true(vars.test({ text: true }));
	t.false(vars.test({ text: 'rc != 0' }));
	for (const [text, hint] of [
		['rc', /rc != 0/],
		['text', /text != ''/],
		['list', /size\(list\) > 0/],
		['empty', /true or false/],
	] as const) {
		const error = t.throws(() => vars.test({ text }), { instanceOf: BadValue, message: /not true or false/ });
		t.regex(error?.hint ?? '', hint);
	}
});

test('versions are compared as people read them', (t) => {
	for (const [less, more] of [
		['1.9', '1.10'],
		['v1.33.1+rke2r1', '1.33.1+rke2r2'],
		['2.0.0-rc.1', '2.0.0'],
		['2.0~beta1', '2.0'],
		['15.4-1', '15.4-2'],
		['1.0', '1.0.1'],
		['1.0', '1.0-1ubuntu2'],
		['9', '10.1'],
	] as const) {
		t.true(compareVersions(less, more) < 0, `${less} < ${more}`);
		t.true(compareVersions(more, less) > 0, `${more} > ${less}`);
	}

	t.is(compareVersions('1.0', 'v1.0.0'), 0);
});

test('names in an expression', (t) => {
	const names = (text: string) =>
		namesInExpression(text).map(({ name, index, guarded }) => `${name}@${index}${guarded ? '?' : ''}`);
	for (const [text, expected] of [
		['a + b.c[d]', ['a@0', 'b@4', 'd@8']],
		["vars.a + vars['b']", ['a@5', 'b@9']],
		['has(vars.x) && x > y', ['x@9?', 'x@15?', 'y@19']],
		["'x' in vars ? x : y", ['x@14?', 'y@18']],
		['default(vars.x.y, z)', ['x@13?', 'z@18']],
		['vars.?x.orValue(y)', ['x@6?', 'y@16']],
		['list.map(x, x + y)', ['list@0', 'y@16']],
		['a.exists(b, b.all(c, c == d))', ['a@0', 'd@26']],
		['cel.bind(t, a, t + b)', ['a@12', 'b@19']],
		['optional.of(a).orValue(1)', ['a@12']],
		['{k: [v]}', ['k@1', 'v@5']],
		['lower(a)', ['a@6']],
		['1 +', []],
	] as const) {
		t.deepEqual(names(text), [...expected], text);
	}
});

test('names in a template', (t) => {
	const names = (text: string) =>
		namesInTemplate(text).map(({ name, path, index }) => `${[name, ...path].join('.')}@${index}`);
	for (const [text, expected] of [
		['{{a}} {{b.c.0}}', ['a@0', 'b.c.0@6']],
		['x {{#list}}{{inner}}{{/list}} {{^flag}}{{c}}{{/flag}}', ['list@2', 'flag@30', 'c@39']],
		['{{=<% %>=}}{{a}} <% b %>', ['b@17']],
		['{{! a}}{{> part}}', []],
		['plain', []],
		['{{a', []],
	] as const) {
		t.deepEqual(names(text), [...expected], text);
	}
});

test('names in a value, at any depth', (t) => {
	const inner = ['x', '{{b}}', new CelExpression('has(vars.c) && c')];
	const value = { a: '{{a.x}} {{d}}', inner };
	t.deepEqual(
		[...namesIn(value)].map(({ name, guarded, container, key }) => [
			name,
			guarded,
			container === value ? 'value' : 'inner',
			key,
		]),
		[
			['a', false, 'value', 'a'],
			['d', false, 'value', 'a'],
			['b', false, 'inner', 1],
			['c', true, 'inner', 2],
			['c', true, 'inner', 2],
		],
	);
});

test('the syntax can be checked without values', (t) => {
	t.is(checkExpression('a.b == 1'), undefined);
	t.is(checkExpression('nope(1)')?.index, 0);
	t.is(checkExpression('a &&')?.index, 4);
});
