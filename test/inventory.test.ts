import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Diagnostic, Diagnostics, place } from '../src/diagnostics.ts';
import { BadInput } from '../src/errors.ts';
import { connectionVariables } from '../src/inventory/connection-variables.ts';
import { expandHosts } from '../src/inventory/host-range.ts';
import { graph, listing } from '../src/inventory/listing.ts';
import { loadInventory } from '../src/inventory/load.ts';
import { matchHosts, withHost, withMember } from '../src/inventory/pattern.ts';
import { pythonLiteral } from '../src/inventory/python-literal.ts';
import type { Inventory } from '../src/inventory/types.ts';
import { dots, Secret } from '../src/shell/secret.ts';
import { sourceOf } from '../src/yaml/positions.ts';
import { askAnsible } from './fixtures/ansible.ts';

const fixtures = fileURLToPath(new URL('./fixtures/inventory', import.meta.url));

type Files = Readonly<Record<string, string>>;

/** A folder with these files; those that begin with `#!` are executable. */
function folderOf(files: Files): string {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-inventory-'));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
		chmodSync(join(folder, name), text.startsWith('#!') ? 0o755 : 0o644);
	}

	return folder;
}

async function load(
	files: Files,
	sources: readonly string[] = ['.'],
	decrypt?: (file: string) => Promise<string>,
) {
	const problems = new Diagnostics();
	const folder = folderOf(files);
	const inventory = await loadInventory(sources, { cwd: folder, problems, decrypt });
	const told = ({ severity, summary, hint, source }: Diagnostic) =>
		[
			...(severity === 'warning' ? ['warning'] : []),
			...(source === undefined ? [] : [place(source)]),
			summary,
			...(hint === undefined ? [] : [`| ${hint}`]),
		]
			.join(' ')
			.replaceAll(`${folder}/`, '');
	return { inventory, folder, problems: problems.list.map(told) };
}

const ini = (text: string) => load({ 'hosts.ini': text }, ['hosts.ini']);
const yaml = (text: string) => load({ 'hosts.yml': text }, ['hosts.yml']);
const real = ({ hosts }: Inventory) => [...hosts.values()].filter(({ implicit }) => !implicit);
const values = (inventory: Inventory, host: string) => inventory.hosts.get(host)?.variables;
const members = (inventory: Inventory) =>
	Object.fromEntries([...inventory.groups.values()].map(({ name, hosts }) => [name, hosts.join(' ')]));

// ------------------------------------------------------------------------------------------- against Ansible

type Listing = {
	readonly _meta: { readonly hostvars: Readonly<Record<string, unknown>> };
} & Readonly<Record<string, { readonly children?: readonly string[]; readonly hosts?: readonly string[] }>>;

// Ansible lists children in the order in which their sections appear; we list them as their parent names them.
function comparable({ _meta, ...groups }: Listing) {
	const sorted = Object.entries(groups).map(([name, { children = [], hosts = [] }]) => [
		name,
		{ children: [...children].sort(), hosts },
	]);
	return { hostvars: _meta.hostvars, groups: Object.fromEntries(sorted) };
}

const same: readonly [title: string, sources: readonly string[]][] = [
	['an INI folder', ['ini']],
	['a YAML folder', ['yaml']],
	['a single file: the values beside it count', ['yaml/hosts.yml']],
	['two inventories, the second wins', ['ini', 'yaml']],
	['the same two the other way round', ['yaml', 'ini']],
	['a literal list in between', ['ini', 'extra-1,extra-2:2222,pg-primary', 'yaml/hosts.yml']],
];

for (const [title, sources] of same) {
	test.serial(`as ansible-inventory: ${title}`, async (t) => {
		const options = ['--list', ...sources.flatMap((source) => ['-i', source])];
		const theirs = await askAnsible(t, 'ansible-inventory', options, { cwd: fixtures });
		if (theirs === undefined) {
			return;
		}

		const problems = new Diagnostics();
		const ours = listing(await loadInventory(sources, { cwd: fixtures, problems }));
		t.deepEqual(problems.errors, []);
		const [a, b] = [ours, theirs].map((list) => comparable(list as Listing));
		t.true(Object.keys(b?.hostvars ?? {}).length >= 70);
		t.deepEqual(a?.groups, b?.groups);
		t.deepEqual(a?.hostvars, b?.hostvars);
	});
}

const patterns = [
	'all',
	'*',
	'web',
	'web:postgres',
	'web,postgres',
	'web , postgres',
	'web:&north',
	'web:!north',
	'!north',
	'&north',
	'web:&north:!web01*',
	'pg-primary',
	'pg-*',
	'web0?.north.example.org',
	'web[0]',
	'web[-1]',
	'web[1:3]',
	'web[2:]',
	'web[0:0]',
	'~web\\d+\\.south',
	'~(pg|redis)',
	'redis*[0]',
	'ungrouped',
	'top',
	'left',
	'bottom:top',
	'*.example.org:!web',
	'proxy-[ab].example.org',
	'proxy-[!ab].example.org',
	'north:south:&web',
	'10.20.0.9',
	'all:!cluster:!data',
	'*north*',
	'single_host',
	'empty',
	'nosuch*',
	'tie-1',
	'k8s-agent-00?',
	'*:&east',
	'data[0]',
	'cluster[-2]',
	'localhost',
];

test.serial('as Ansible: the hosts of patterns', async (t) => {
	const answer = await askAnsible(t, 'python', ['match.py', 'yaml'], { cwd: fixtures, input: patterns });
	if (answer === undefined) {
		return;
	}

	const theirs = answer as Readonly<Record<string, readonly string[]>>;
	const inventory = await loadInventory(['yaml'], { cwd: fixtures, problems: new Diagnostics() });
	for (const pattern of patterns) {
		// Ansible has no fixed order for hosts two levels below a group.
		t.deepEqual([...matchHosts(pattern, inventory)].sort(), [...(theirs[pattern] ?? [])].sort(), pattern);
	}

	for (const pattern of ['web', 'web[1:3]', 'pg-*', 'north:south:&web', 'web:postgres']) {
		t.deepEqual(matchHosts(pattern, inventory), theirs[pattern], pattern);
	}
});

const literals = [
	'1',
	'0644',
	'007',
	'0',
	'00',
	'0o17',
	'0x1F',
	'0b11',
	'1_000',
	'1__0',
	'_1',
	'1.10',
	'1.',
	'.5',
	'1e5',
	'1E-3',
	'-3',
	'+4',
	'- 3',
	'--3',
	'10.0.0.1',
	'True',
	'False',
	'true',
	'None',
	'none',
	'yes',
	'"a"',
	"'a b'",
	'a b',
	'"a" "b"',
	"r'\\n'",
	"u'x'",
	"b'x'",
	"'\\x41\\u00e9\\101\\n\\q'",
	'[1, 2, "x"]',
	'[1,]',
	'[]',
	'[1 2]',
	'(1)',
	'(1,)',
	'(1, 2)',
	'()',
	'{}',
	'{1}',
	'{"a": 1, "b": [True, None]}',
	'{"a": true}',
	'{"a" 1}',
	'1, 2',
	'1,',
	' 8080 # comment',
	'True # x',
	'foo # c',
	'"x',
	"'''a\nb'''",
	'-Xmx1g',
	'1s',
	'1 s',
	'a=b',
	'{{ x }}',
	'{{1}}',
	'[{{x}}]',
	'...',
	'1 + 2',
	'-',
	'.',
	'',
	'0.0.0',
	'01.5',
	'1e5x',
	'0x',
	'True_',
	'"a"b',
	'[1,\n2]',
	'{"a":{"b":(1,2)}}',
	'0_1',
	'0_0',
	'"\\\\"',
	'"it\'s"',
	'[,]',
	'{,}',
	'Truex',
	'"a" + "b"',
	'"é"',
	'[[1],[2]]',
	'09',
	'12abc',
	'2001:db8::1',
	'/etc/x',
	'$HOME',
	'nan',
	'{"a":1,}',
	'{"a":1,,}',
	'[1,,2]',
];

test.serial('as Ansible: the values of an INI inventory', async (t) => {
	const theirs = await askAnsible(t, 'python', ['literals.py'], { cwd: fixtures, input: literals });
	if (!Array.isArray(theirs)) {
		return;
	}

	for (const [index, text] of literals.entries()) {
		const ours = pythonLiteral(text);
		t.deepEqual(ours === undefined ? text : ours.value, theirs[index], text);
	}
});

// ------------------------------------------------------------------------------------------- ranges

const ranges: readonly [word: string, expected: string][] = [
	['web', 'web'],
	['web:2222', 'web port 2222'],
	['10.0.0.1:22', '10.0.0.1 port 22'],
	['2001:db8::1', '2001:db8::1'],
	['[2001:db8::1]:2222', '2001:db8::1 port 2222'],
	['[2001:db8::1]', '2001:db8::1'],
	['web[1:3]', 'web1 web2 web3'],
	['web[08:11]', 'web08 web09 web10 web11'],
	['web[01:20:6]', 'web01 web07 web13 web19'],
	['web[:2]', 'web0 web1 web2'],
	['web[3:3]', 'web3'],
	['db[a:c]', 'dba dbb dbc'],
	['db[A:C:2].x', 'dbA.x dbC.x'],
	['r[1:2]n[a:b]:22', 'r1na r1nb r2na r2nb port 22'],
	['10.0.[1:2].[3:4]', '10.0.1.3 10.0.1.4 10.0.2.3 10.0.2.4'],
	['/srv/chroot', '/srv/chroot'],
	['web[1:]', '"web[1:]" has a range that is none'],
	['web[1]', '"web[1]" has a range that is none'],
	['web[a:3]', '"web[a:3]" has a range that is none'],
	['web[aa:cc]', '"web[aa:cc]" has a range that is none'],
	['web[1:3:0]', '"web[1:3:0]" has a range that is none'],
	['web[01:100]', 'in "web[01:100]" both ends of the range need the same number of digits'],
	['web[5:1]', 'in "web[5:1]" the range ends before it begins'],
	['web[1:999999]', '"web[1:999999]" stands for more than 65536 hosts'],
	['web[1:999][1:999]', '"web[1:999][1:999]" stands for more than 65536 hosts'],
	['web[1:2', '"web[1:2" has a range that is none'],
	['web]', '"web]" has ] without ['],
	['web:', '"web:" ends with a colon'],
	['web:70000', '70000 is no port'],
	['a b', '"a b" cannot be the name of a host'],
	['web*', '"web*" cannot be the name of a host'],
	['---', '"---" cannot be the name of a host'],
];

for (const [word, expected] of ranges) {
	test(`hosts of ${word}`, (t) => {
		const found = expandHosts(word);
		t.is(
			'problem' in found
				? found.problem
				: found.names.join(' ') + (found.port === undefined ? '' : ` port ${found.port}`),
			expected,
		);
	});
}

// ------------------------------------------------------------------------------------------- faults

const faults: readonly [
	title: string,
	files: Files,
	sources: readonly string[],
	problems: readonly string[],
][] = [
	[
		'nothing there',
		{},
		['prod'],
		[
			'there is no inventory prod | give a folder, a file or an executable; to name a host directly, end with a comma: "prod,"',
		],
	],
	[
		'an empty folder',
		{ 'README.md': '' },
		['.'],
		['the folder /FOLDER holds no inventory | add a hosts.yml or hosts.ini'],
	],
	[
		'INI: an unknown kind of section',
		{ h: '[web:var]\na=1\n' },
		['h'],
		['h:1:1 [web:var] is no section | did you mean "vars"?'],
	],
	[
		'INI: blanks in a section',
		{ h: '[my web]\na\n' },
		['h'],
		['h:1:1 "[my web]" is no section | write [GROUP], [GROUP:vars] or [GROUP:children], without blanks'],
	],
	[
		'INI: a value without a name',
		{ h: '[web]\na x\n' },
		['h'],
		[
			'h:2:3 expected NAME=VALUE behind the host and found "x" | write NAME=VALUE without blanks, or put the value in quotes',
		],
	],
	['INI: an open quote', { h: '[web]\na x="y\n' }, ['h'], ['h:2:5 this quote is never closed']],
	[
		'INI: a comment without a blank',
		{ h: '[web]\na pw=ab#cd\n' },
		['h'],
		[
			'warning h:2:8 from here on the line is a comment, although no blank stands before the # | put the value in quotes if the # belongs to it',
		],
	],
	[
		'INI: values for a group that is not declared',
		{ h: '[web]\na\n[wbe:vars]\nx=1\n' },
		['h'],
		['h:3:1 here is [wbe:vars], and nothing declares the group "wbe" | did you mean "web"?'],
	],
	[
		'INI: a child that is not declared',
		{ h: '[all2:children]\nwbe\n[web]\n' },
		['h'],
		[
			'h:2:1 "wbe" is among the children of "all2", and nothing declares the group "wbe" | did you mean "web"?',
		],
	],
	[
		'INI: a variable without a value',
		{ h: '[web]\n[web:vars]\nx\n' },
		['h'],
		['h:3:1 "x" is no variable | write NAME=VALUE in a section [GROUP:vars]'],
	],
	[
		'INI: a number that loses digits',
		{ h: 'a n=12345678901234567890\n' },
		['h'],
		[
			'h:1:5 the number 12345678901234567890 is too large to be kept exactly | put it in two kinds of quotes to keep it as text: "\'12345678901234567890\'"',
		],
	],
	[
		'INI: several at once',
		{ h: 'a x\nb[2:1]\n[c:d]\n' },
		['h'],
		[
			'h:1:3 expected NAME=VALUE behind the host and found "x" | write NAME=VALUE without blanks, or put the value in quotes',
			'h:2:1 in "b[2:1]" the range ends before it begins | ranges are [01:20], [01:20:2] or [a:c]',
			'h:3:1 [c:d] is no section | sections are [GROUP], [GROUP:vars] and [GROUP:children]',
		],
	],
	[
		'YAML: no map',
		{ 'h.yml': '- a\n' },
		['h.yml'],
		[
			'h.yml:1:1 h.yml holds no inventory: expected groups by name | begin with "all:" and below it "hosts:" or "children:"',
		],
	],
	[
		'YAML: empty',
		{ 'h.yml': '' },
		['h.yml'],
		[
			'h.yml holds no inventory: expected groups by name | begin with "all:" and below it "hosts:" or "children:"',
		],
	],
	[
		'YAML: broken',
		{ 'h.yml': 'a: b: c\n' },
		['h.yml'],
		[
			'h.yml:1:4 not valid YAML: a second ": " on this line, or a wrong indentation below it | put a text that holds ": " in quotes',
		],
	],
	[
		'YAML: an unknown key',
		{ 'h.yml': 'web:\n  host: {a: }\n' },
		['h.yml'],
		[
			'h.yml:2:3 the group "web" has no key "host" | did you mean "hosts"?; a group inside it goes below "children:", a variable below "vars:"',
		],
	],
	[
		'YAML: a list of hosts',
		{ 'h.yml': 'web:\n  hosts:\n    - a\n' },
		['h.yml'],
		[
			'h.yml:3:5 "hosts" of the group "web" must be a map | write each name with a colon behind it, and no dash before it',
		],
	],
	[
		'YAML: a host that is a text',
		{ 'h.yml': 'web:\n  hosts:\n    a: b\n' },
		['h.yml'],
		['h.yml:3:8 the variables of the host "a" must be a map | write NAME: VALUE below it'],
	],
	[
		'YAML: a bad range',
		{ 'h.yml': 'web:\n  hosts:\n    a[3:1]:\n' },
		['h.yml'],
		['h.yml:3:5 in "a[3:1]" the range ends before it begins | ranges are [01:20], [01:20:2] or [a:c]'],
	],
	[
		'YAML: a group that is a text',
		{ 'h.yml': 'web: x\n' },
		['h.yml'],
		['h.yml:1:1 the group "web" must have "hosts", "vars" or "children" below it'],
	],
	[
		'YAML: the configuration of a plugin',
		{ 'h.yml': 'plugin: amazon.aws.aws_ec2\n' },
		['h.yml'],
		[
			'h.yml:1:9 h.yml is the configuration of an inventory plugin of Ansible, which g2pbook does not run | use an executable that prints the inventory as JSON: it can call "ansible-inventory --list"',
		],
	],
	[
		'a circle of groups',
		{ 'h.yml': 'a: {children: {b: {children: {c: {children: {a: }}}}}}\n' },
		['h.yml'],
		[
			'h.yml:1:46 groups that hold each other: c → a → b → c | remove one of these groups from the children of the one before it',
		],
	],
	[
		'a group in itself',
		{ h: '[a:children]\na\n' },
		['h'],
		[
			'h:2:1 groups that hold each other: a → a | remove one of these groups from the children of the one before it',
		],
	],
	[
		'all in a group',
		{ h: '[a:children]\nall\n' },
		['h'],
		['h:2:1 the group "all" holds every group and cannot be in one'],
	],
	[
		'a group name that no pattern can say',
		{ 'h.yml': '"a,b": {hosts: {x: }}\n' },
		['h.yml'],
		[
			'h.yml:1:1 "a,b" cannot be the name of a group | use letters, digits and _: the others have a meaning in patterns',
		],
	],
	[
		'one name for a host and a group',
		{ h: '[web]\nweb\n' },
		['h'],
		[
			'warning h:2:1 "web" is the name of a host and of a group | rename one: in a pattern the name means the host',
		],
	],
	[
		'a priority that is none',
		{ h: '[web]\na\n[web:vars]\nansible_group_priority=high\n' },
		['h'],
		['h:4:24 ansible_group_priority must be a whole number'],
	],
	[
		'a variable that no expression can say',
		{ 'h.yml': 'all: {vars: {my-port: 1}}\n' },
		['h.yml'],
		[
			'warning h.yml:1:14 "my-port" cannot be used in expressions | name variables with letters, digits and _, a letter first',
		],
	],
	[
		'group_vars: no map',
		{ h: '[web]\na\n', 'group_vars/web.yml': '- x\n' },
		['.'],
		[
			'group_vars/web.yml:1:1 group_vars/web.yml must hold a map of variables | write NAME: VALUE, one per line',
		],
	],
	[
		'group_vars: a near name',
		{ h: '[web]\na\n', 'group_vars/wbe.yml': 'x: 1\n' },
		['.'],
		['warning there is no group "wbe" for group_vars/wbe.yml | did you mean "web"?'],
	],
	[
		'group_vars: two places, one of which Ansible ignores',
		{ h: '[web]\na\n', 'group_vars/web/a.yml': 'x: 1\n', 'group_vars/web.yml': 'x: 2\n' },
		['.'],
		[
			'warning group_vars/web.yml is not read, because group_vars/web is there | put its values into the other, or make it a file of a folder',
		],
	],
	[
		'group_vars: a priority that has no effect',
		{ h: '[web]\na\n', 'group_vars/web.yml': 'ansible_group_priority: 3\n' },
		['.'],
		[
			'warning ansible_group_priority has no effect in group_vars/web.yml | write it below "vars:" of the group in the inventory itself',
		],
	],
	[
		'group_vars: Ansible Vault',
		{ h: '[web]\na\n', 'group_vars/web.yml': '$ANSIBLE_VAULT;1.1;AES256\n33\n' },
		['.'],
		[
			'warning group_vars/web.yml is encrypted with Ansible Vault, and its values are not read | decrypt it with "ansible-vault decrypt"; then "age -R recipients.txt -o NAME.age.yml FILE", with the recipients.txt that "g2pbook secret init" makes, or store each value: g2pbook secret set NAME',
		],
	],
	[
		'group_vars: encrypted, without a key',
		{ h: '[web]\na\n', 'group_vars/web.age.yml': 'age-encryption.org/v1\n' },
		['.'],
		['group_vars/web.age.yml is encrypted, and there is no key to read it'],
	],
	[
		'a program that fails',
		{ h: '#!/bin/sh\necho "no token" >&2; exit 3\n' },
		['h'],
		['h: Command failed with exit code 3: /FOLDER/h --list | no token'],
	],
	[
		'a program that says no JSON',
		{ h: '#!/bin/sh\necho hello\n' },
		['h'],
		['h --list: expected a JSON object on its standard output | it said: hello'],
	],
	[
		'a program that says something else',
		{ h: '#!/bin/sh\necho \'{"web": {"hosts": "a"}}\'\n' },
		['h'],
		[
			'h: the group "web" has hosts or children that are no list, or vars that are no map | the form is {"GROUP": {"hosts": ["a"], "vars": {}, "children": []}, "_meta": {"hostvars": {}}}',
		],
	],
];

for (const [title, files, sources, expected] of faults) {
	test(`inventory fault: ${title}`, async (t) => {
		const { problems, folder } = await load(files, sources);
		t.deepEqual(
			problems.map((text) => text.replaceAll(folder, '/FOLDER')),
			expected.map((text) => text.replaceAll('/FOLDER/', '')),
		);
	});
}

// ------------------------------------------------------------------------------------------- values and places

test('every value of a host has an origin and a place', async (t) => {
	const { inventory, problems } = await load({
		'hosts.ini': '[web]\na x=1 y="two words"\n[web:vars]\nz = 3\n',
		'group_vars/all.yml': 'x: 0\nw: 1\n',
		'group_vars/web/b.yml': '# first\nz: 4\n',
		'host_vars/a.yml': 'x: 2\n',
	});
	t.deepEqual(problems, []);
	const layers = inventory.hosts.get('a')?.layers ?? [];
	t.deepEqual(
		layers.map(({ kind, origin, values }) => {
			const places = Object.keys(values).map((name) => {
				const [key, value] = [sourceOf(values, name, 'key'), sourceOf(values, name)];
				return `${name} ${key?.line}:${key?.column} ${value?.line}:${value?.column}+${value?.length ?? 1}`;
			});
			return [kind, origin, ...places];
		}),
		[
			['group vars', 'hosts.ini', 'z 4:1 4:5+1'],
			['group vars', 'group_vars/all.yml', 'x 1:1 1:4+1', 'w 2:1 2:4+1'],
			['group vars', 'group_vars/web/b.yml', 'z 2:1 2:4+1'],
			['host vars', 'hosts.ini', 'x 2:3 2:5+1', 'y 2:7 2:9+11'],
			['host vars', 'host_vars/a.yml', 'x 1:1 1:4+1'],
		],
	);
	t.deepEqual(values(inventory, 'a'), { z: 4, x: 2, w: 1, y: 'two words' });
	t.is(inventory.hosts.get('a')?.source?.line, 2);
});

test('later inventories win, and groups grow together', async (t) => {
	const { inventory, folder } = await load(
		{
			'one/hosts.yml': 'web: {hosts: {a: {x: 1, y: 1}}, vars: {g: 1, h: 1}}',
			'one/group_vars/web.yml': 'f: 1',
			'two/hosts.ini': '[web]\nb\na y=2\n[web:vars]\nh=2\n',
			'two/group_vars/web.yml': 'f: 2',
		},
		['one', 'two/hosts.ini'],
	);
	t.deepEqual(values(inventory, 'a'), { g: 1, h: 2, f: 2, x: 1, y: 2 });
	t.is(members(inventory).web, 'a b');
	t.is(inventory.folder, join(folder, 'two'));
	t.deepEqual(inventory.sources, ['one', 'two/hosts.ini']);
});

test('hosts that are in the same groups share what the groups say', async (t) => {
	const { inventory } = await ini('[web]\nweb[1:50]\n[web:vars]\nx=1\n');
	t.is(inventory.hosts.get('web1')?.layers, inventory.hosts.get('web50')?.layers);
});

test('groups: parents before children, then priority, then name', async (t) => {
	const { inventory } = await yaml(`
all:
  children:
    deep: {children: {inner: {hosts: {a: }, vars: {v: inner}}}}
    zeta: {hosts: {a: }, vars: {v: zeta, w: zeta, ansible_group_priority: 10}}
    beta: {hosts: {a: }, vars: {v: beta, w: beta}}
    alpha: {hosts: {a: }, vars: {v: alpha, w: alpha}}
`);
	t.deepEqual(inventory.hosts.get('a')?.groups, ['alpha', 'beta', 'deep', 'zeta', 'inner']);
	t.deepEqual(values(inventory, 'a'), { v: 'inner', w: 'zeta' });
	t.deepEqual(
		[...inventory.groups.values()].map(({ name, depth, priority }) => `${name} ${depth} ${priority}`).sort(),
		['all 0 1', 'alpha 1 1', 'beta 1 1', 'deep 1 1', 'inner 2 1', 'ungrouped 1 1', 'zeta 1 10'],
	);
});

test('who is in no group is ungrouped, and all holds everybody', async (t) => {
	const { inventory } = await yaml(
		'all: {hosts: {a: , b: }}\nungrouped: {hosts: {b: , c: }}\nweb: {hosts: {b: }}\n',
	);
	t.deepEqual(members(inventory), { all: 'a b c', ungrouped: 'c a', web: 'b' });
});

test('encrypted values are secrets, and stand beside plain ones', async (t) => {
	const { inventory, problems } = await load(
		{ hosts: '[web]\na\n', 'group_vars/web.yml': 'x: 1', 'group_vars/web.age.yml': '(encrypted)' },
		['.'],
		async () => 'password: hunter2\nport: 5432\nlist: [one]\n',
	);
	t.deepEqual(problems, []);
	const { password, port, list } = values(inventory, 'a') ?? {};
	t.true(password instanceof Secret && password.reveal() === 'hunter2');
	t.is(port, 5432);
	t.is(JSON.stringify(list), `["${dots}"]`);
	t.false(JSON.stringify(listing(inventory)).includes('hunter2'));
});

test('a key that does not fit is a problem, not a crash', async (t) => {
	const { problems } = await load({ hosts: 'a\n', 'host_vars/a.age.yml': '' }, ['.'], async (file) => {
		throw new BadInput(`${file} is not encrypted to your key`, { hint: 'ask somebody' });
	});
	t.deepEqual(problems, ['host_vars/a.age.yml is not encrypted to your key | ask somebody']);
});

test('a folder: files that are no inventory are left alone, hidden ones and folders inside as in Ansible', async (t) => {
	const { inventory, problems } = await load({
		'README.md': '# not an inventory',
		'secrets.age.yml': 'not read here',
		'recipients.txt': 'age1',
		'.hidden.yml': 'x: [',
		'hosts.yml~': 'x: [',
		'10-first.yml': 'web: {hosts: {a: }}',
		'20-second.ini': '[web]\nb\n',
		'more/hosts': 'web:\n  hosts:\n    c:\n',
		'vars_plugins/x.py': '',
	});
	t.deepEqual(problems, []);
	t.is(members(inventory).web, 'a b c');
});

test('a file whose name is not UTF-8 is told, where it would be read', async (t) => {
	const folder = folderOf({ hosts: 'a\n', 'group_vars/all/x.yml': 'x: 1' });
	for (const [name, ending] of [
		['more', ''],
		['group_vars/all/y', '.yml'],
		['notes', '.txt'],
	]) {
		writeFileSync(
			Buffer.concat([Buffer.from(`${folder}/${name}`), Buffer.from([0xe9]), Buffer.from(`${ending}`)]),
			'y: 1\n',
		);
	}

	const problems = new Diagnostics();
	await loadInventory(['.'], { cwd: folder, problems });
	t.deepEqual(problems.errors.map(({ summary }) => summary.replaceAll(folder, 'FOLDER')).sort(), [
		'the name of a file in FOLDER is not UTF-8: more?',
		'the name of a file in FOLDER/group_vars/all is not UTF-8: y?.yml',
	]);
});

test('a program: all in one answer', async (t) => {
	const { inventory, problems } = await load(
		{
			'hosts.sh': `#!/bin/sh
[ "$1" = --list ] || exit 1
cat <<'END'
{"web": {"hosts": ["a", "b"], "vars": {"x": 1}, "children": ["inner"]}, "inner": ["c"], "lone": {"y": 2},
 "_meta": {"hostvars": {"a": {"x": 3}, "stranger": {"x": 4}}}}
END
`,
			'group_vars/web.yml': 'z: 1',
		},
		['hosts.sh'],
	);
	t.deepEqual(problems, [
		'warning "lone" is the name of a host and of a group | rename one: in a pattern the name means the host',
	]);
	t.deepEqual(members(inventory), {
		all: 'a b lone c',
		ungrouped: '',
		web: 'a b c',
		inner: 'c',
		lone: 'lone',
	});
	t.deepEqual(values(inventory, 'a'), { x: 3, z: 1 });
	t.deepEqual(values(inventory, 'lone'), { y: 2 });
	t.is(inventory.hosts.get('a')?.layers.at(-1)?.origin, 'hosts.sh');
});

test('a program: asked for each host when it did not say all at once', async (t) => {
	const { inventory, problems } = await load(
		{
			'hosts.sh': `#!/bin/sh
if [ "$1" = --list ]; then echo '{"web": ["a", "b"]}'; else echo "{\\"me\\": \\"$2\\"}"; fi
`,
		},
		['before,', 'hosts.sh'],
	);
	t.deepEqual(problems, []);
	t.deepEqual(
		real(inventory).map(({ name, variables }) => `${name} ${variables.me}`),
		['before undefined', 'a a', 'b b'],
	);
});

test('an executable bit does not make a program of a text', async (t) => {
	const folder = folderOf({ 'hosts.ini': '[web]\na\n' });
	chmodSync(join(folder, 'hosts.ini'), 0o777);
	const inventory = await loadInventory(['hosts.ini'], { cwd: folder, problems: new Diagnostics() });
	t.is(members(inventory).web, 'a');
});

test('localhost is there without being written, outside of every group', async (t) => {
	const { inventory } = await load({ hosts: '[web]\na\n', 'group_vars/all.yml': 'x: 1' });
	t.deepEqual(values(inventory, 'localhost'), { x: 1, ansible_connection: 'local' });
	t.true(inventory.hosts.get('localhost')?.implicit);
	t.deepEqual(matchHosts('all', inventory), ['a']);
	t.deepEqual(matchHosts('loc*', inventory), []);
	t.deepEqual(matchHosts('127.0.0.1', inventory), ['localhost']);
	const own = await ini('localhost ansible_connection=ssh\n');
	t.deepEqual(matchHosts('all:localhost', own.inventory), ['localhost']);
	t.deepEqual(values(own.inventory, 'localhost'), { ansible_connection: 'ssh' });
});

test('the graph is that of ansible-inventory', async (t) => {
	const { inventory } = await yaml(
		'all: {children: {web: {children: {inner: {hosts: {a: }}}, hosts: {b: }}}, hosts: {c: }}',
	);
	t.is(
		graph(inventory),
		'@all:\n  |--@ungrouped:\n  |  |--c\n  |--@web:\n  |  |--@inner:\n  |  |  |--a\n  |  |--b',
	);
});

test('five thousand hosts in fifty groups of values are read', async (t) => {
	const groups = Array.from({ length: 50 }, (_, g) => {
		const hosts = Array.from(
			{ length: 100 },
			(_, h) => `h-${g}-${h}.example.org ansible_host=10.${g}.0.${h} rack=${h}`,
		);
		return `[g${g}]\n${hosts.join('\n')}\n[g${g}:vars]\n${Array.from({ length: 50 }, (_, v) => `v${v}=${v}`).join('\n')}`;
	});
	const { inventory } = await ini(groups.join('\n'));
	t.is(real(inventory).length, 5000);
	t.is(inventory.hosts.get('h-49-99.example.org')?.variables.v49, 49);
});

// ------------------------------------------------------------------------------------------- patterns

const five = '[web]\na\nb\n[db]\nc\n[prod:children]\nweb\ndb\n';

const refused: readonly [pattern: string, problem: string][] = [
	['wbe', 'there is no group or host "wbe" | did you mean "web"?'],
	['web:!nosuch', 'there is no group or host "nosuch" | "g2pbook inventory --graph" shows all of them'],
	['web[2]', '"web[2]" means no host: "web" has 2 | counting starts at 0'],
	['web[-3]', '"web[-3]" means no host: "web" has 2 | counting starts at 0'],
	['~web(', '"~web(" is no valid pattern | after ~ comes a regular expression'],
];

for (const [pattern, problem] of refused) {
	test(`pattern ${pattern} is refused`, async (t) => {
		const { inventory } = await ini(five);
		const source = { file: 'site.yml', line: 1, column: 10 };
		const error = t.throws(() => matchHosts(pattern, inventory, { source }), { instanceOf: BadInput });
		t.deepEqual(
			error?.diagnostics.map(({ summary, hint }) => `${summary} | ${hint}`),
			[problem],
		);
		t.is(error?.diagnostics[0]?.source, source);
	});
}

const understood: readonly [pattern: string, hosts: string][] = [
	['~[bc]{1,2}', 'b c'],
	['~(?:b|c)', 'b c'],
	['db:web', 'c a b'],
	['prod[1:]', 'b c'],
	['@limit', 'c a'],
	['@limit:!a', 'c'],
	['', ''],
];

for (const [pattern, hosts] of understood) {
	test(`pattern ${pattern} means ${hosts}`, async (t) => {
		const { inventory, folder } = await load({ 'hosts.ini': five, limit: '# some\nc\n\nweb[0]\n' }, [
			'hosts.ini',
		]);
		t.is(matchHosts(pattern, inventory, { cwd: folder }).join(' '), hosts);
	});
}

test('a limit file that is not there', async (t) => {
	const { inventory } = await ini(five);
	t.throws(() => matchHosts('@nosuch', inventory, { cwd: '/' }), {
		message: /^cannot read the hosts in nosuch: ENOENT/,
	});
});

// ------------------------------------------------------------------------------------------- while running

test('add_host: a new host in a known and a new group', async (t) => {
	const { inventory } = await load({
		hosts: `${five}[web:vars]\nx=1\n[prod:vars]\ny=1\n`,
		'group_vars/fresh.yml': 'z: 1',
		'host_vars/new.yml': 'h: 1',
	});
	const grown = withHost(inventory, 'new', ['web', 'fresh'], { x: 2 });
	t.deepEqual(values(grown, 'new'), { y: 1, x: 2, z: 1, h: 1 });
	t.deepEqual(grown.hosts.get('new')?.groups, ['fresh', 'prod', 'web']);
	t.deepEqual(members(grown), {
		all: 'new a b c',
		ungrouped: '',
		web: 'a b new',
		db: 'c',
		prod: 'a b new c',
		fresh: 'new',
	});
	t.deepEqual(matchHosts('fresh', grown), ['new']);
	t.false(inventory.hosts.has('new') || inventory.groups.has('fresh'));
	t.is(grown.hosts.get('a'), inventory.hosts.get('a'));
});

test('add_host: without a group, again with one, and over a known host', async (t) => {
	const { inventory } = await ini(five);
	const lone = withHost(inventory, 'new', [], { x: 1 });
	t.is(members(lone).ungrouped, 'new');
	const grouped = withHost(lone, 'new', ['db'], { y: 2 });
	t.is(members(grouped).ungrouped, '');
	t.is(members(grouped).db, 'c new');
	t.deepEqual(values(grouped, 'new'), { x: 1, y: 2 });
	const again = withHost(grouped, 'a', ['db'], {});
	t.deepEqual(again.hosts.get('a')?.groups, ['prod', 'db', 'web']);
});

test('group_by: a host joins a group, which brings its values', async (t) => {
	const { inventory } = await load({ hosts: five, 'group_vars/os_debian.yml': 'pm: apt' });
	const grown = ['a', 'c'].reduce((before, host) => withMember(before, host, 'os_debian'), inventory);
	t.deepEqual(matchHosts('os_debian', grown), ['a', 'c']);
	t.deepEqual(values(grown, 'c'), { pm: 'apt' });
	t.deepEqual(grown.groups.get('all')?.children, ['ungrouped', 'prod', 'os_debian']);
	t.deepEqual(members(withMember(grown, 'a', 'os_debian')), members(grown));
});

// ------------------------------------------------------------------------------------------- connection variables

const nothing = {
	connection: undefined,
	host: undefined,
	port: undefined,
	user: undefined,
	password: undefined,
	privateKeyFile: undefined,
	privateKeyPassphrase: undefined,
	commonArgs: undefined,
	hostKeyChecking: undefined,
	timeout: undefined,
	become: undefined,
	becomeUser: undefined,
	becomeMethod: undefined,
	becomePassword: undefined,
};

const connections: readonly [
	variables: Readonly<Record<string, unknown>>,
	expected: Partial<typeof nothing> | object,
][] = [
	[{}, {}],
	[
		{ ansible_host: '10.0.0.1', ansible_port: 2222, ansible_user: 'ops' },
		{ host: '10.0.0.1', port: 2222, user: 'ops' },
	],
	[
		{ ansible_ssh_host: 'a', ansible_ssh_port: '22', ansible_ssh_user: 'u' },
		{ host: 'a', port: 22, user: 'u' },
	],
	[{ ansible_host: 'new', ansible_ssh_host: 'old' }, { host: 'new' }],
	[{ ansible_host: null, ansible_user: '' }, {}],
	[{ ansible_ssh_private_key_file: '~/.ssh/x' }, { privateKeyFile: '~/.ssh/x' }],
	[{ ansible_connection: 'community.docker.docker' }, { connection: 'docker' }],
	[{ ansible_connection: 'smart' }, { connection: 'ssh' }],
	[{ ansible_connection: 'local' }, { connection: 'local' }],
	[
		{ ansible_become: 'yes', ansible_become_user: 'postgres', ansible_become_method: 'su' },
		{ become: true, becomeUser: 'postgres', becomeMethod: 'su' },
	],
	[{ ansible_become: 'False' }, { become: false }],
	[{ ansible_become: 1 }, { become: true }],
	[{ ansible_ssh_common_args: '-o A=b', ansible_ssh_extra_args: '-v' }, { commonArgs: '-o A=b -v' }],
	[{ ansible_host_key_checking: false }, { hostKeyChecking: 'accept-new' }],
	[{ ansible_ssh_host_key_checking: 'accept-new' }, { hostKeyChecking: 'accept-new' }],
	[
		{ ansible_host_key_checking: true, ansible_timeout: 30 },
		{ hostKeyChecking: 'strict', timeout: 30 },
	],
	[
		{ ansible_user: new Secret('ops'), ansible_port: new Secret('22') },
		{ user: 'ops', port: 22 },
	],
];

for (const [variables, expected] of connections) {
	test(`connection variables: ${JSON.stringify(variables)}`, (t) => {
		t.deepEqual(connectionVariables('web1', variables), { ...nothing, ...expected });
	});
}

test('connection variables: passwords are secrets, whatever they were', (t) => {
	const read = (variables: Readonly<Record<string, unknown>>) => connectionVariables('web1', variables);
	t.is(read({ ansible_password: 'p' }).password?.reveal(), 'p');
	t.is(read({ ansible_ssh_pass: 12_345 }).password?.reveal(), '12345');
	t.is(read({ ansible_become_pass: new Secret('q') }).becomePassword?.reveal(), 'q');
	t.is(read({ ansible_become_password: 'r', ansible_become_pass: 'q' }).becomePassword?.reveal(), 'r');
});

const wrong: readonly [variables: Readonly<Record<string, unknown>>, message: string][] = [
	[{ ansible_port: 'ssh' }, 'host "web1": ansible_port must be a whole number from 1 to 65535, and is "ssh"'],
	[{ ansible_port: 0 }, 'host "web1": ansible_port must be a whole number from 1 to 65535, and is 0'],
	[{ ansible_host: ['a'] }, 'host "web1": ansible_host must be a text, and is ["a"]'],
	[{ ansible_become: 'perhaps' }, 'host "web1": ansible_become must be true or false, and is "perhaps"'],
	[
		{ ansible_port: new Secret('hunter2') },
		'host "web1": ansible_port must be a whole number from 1 to 65535, and is a secret that is not',
	],
	[{ ansible_user: true }, 'host "web1": ansible_user must be a text, and is true'],
];

for (const [variables, message] of wrong) {
	test(`connection variables are refused: ${message}`, (t) => {
		t.throws(() => connectionVariables('web1', variables), { instanceOf: BadInput, message });
	});
}
