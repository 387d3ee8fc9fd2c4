import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { Diagnostics } from '../src/diagnostics.ts';
import { BadInput } from '../src/errors.ts';
import { findModule } from '../src/modules/index.ts';
import { loadAll } from '../src/plan/load.ts';
import { leavesOf } from '../src/plan/walk.ts';
import { advisedModules, moduleAdvice, sameModule } from '../src/playbook/module-advice.ts';
import { Vars } from '../src/vars/vars.ts';

// What a hint says is done here as it says it, and has to work: a hint that leads to the next error, or silently to
// something else, is worse than none.

type Files = Readonly<Record<string, string>>;

const inventory = 'all: {hosts: {web1: {ansible_connection: local}}}\n';

function folderOf(files: Files): string {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-hints-'));
	for (const [name, text] of Object.entries({ 'hosts.yml': inventory, ...files })) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}

	return folder;
}

/** The hints of a playbook's problems, the problems themselves where there is no hint, and its first task. */
async function load(files: Files) {
	const problems = new Diagnostics();
	try {
		const { plan, previews } = await loadAll({
			playbook: 'site.yml',
			inventories: ['hosts.yml'],
			cwd: folderOf(files),
		});
		const [play] = plan.playbook.plays;
		return { hints: [], first: play && [...leavesOf(play, previews)][0] };
	} catch (error) {
		if (!(error instanceof BadInput)) {
			throw error;
		}

		problems.list.push(...error.diagnostics);
		return { hints: problems.errors.map(({ summary, hint }) => hint ?? summary), first: undefined };
	}
}

const play = (tasks: string, vars: string): string =>
	`- hosts: all\n  vars: ${vars}\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;

/** What stands between « and » is replaced by what the hint says. */
const replaced = (text: string, by: string): string => text.replace(/«[^»]*»/, () => by);
const marked = (text: string): string => text.replaceAll(/[«»]/g, '');

const facts = {
	os: { family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble', pretty: 'Ubuntu 24.04' },
	arch: 'x86_64',
	default_ipv4: { address: '10.0.0.5', interface: 'eth0', gateway: '10.0.0.1' },
	fqdn: 'web1.example.org',
	interfaces: { eth0: {}, lo: {} },
	date: '2026-01-31T12:30:00Z',
	selinux: 'disabled',
	user: { name: 'g2p', home: '/home/g2p' },
};

const vars = `{l1: [a, b], l2: [c], n: 3, name: db, users: {bea: {uid: 1}}, pairs: [[x, y], z], flag: 'yes',
    people: [{name: bea, keys: [k1, k2]}, {name: abe, keys: [k3]}]}`;

/** The value that a text of the playbook has on the host, condition or expression. */
async function valueIn(files: Files, pick: 'when' | 'loop' | 'msg'): Promise<unknown> {
	const { hints, first } = await load(files);
	if (first === undefined) {
		return hints;
	}

	const known = new Vars([
		...first.layers,
		{
			kind: 'magic',
			origin: 'test',
			literal: true,
			values: {
				facts,
				hostvars: { web1: { facts } },
				play_hosts: ['web1'],
				inventory_hostname: 'web1',
				failed_task: { name: 'x' },
			},
		},
		{ kind: 'play vars', origin: 'test', values: await playVars() },
	]);
	return pick === 'when'
		? first.when.map((condition) => known.test(condition))
		: known.render(pick === 'loop' ? first.loop : first.kind === 'task' ? first.args.msg : undefined);
}

async function playVars(): Promise<Readonly<Record<string, unknown>>> {
	const { parse } = await import('yaml');
	return parse(vars);
}

const tasks: readonly (readonly [
	/** A task; what has to be replaced stands in « ». */
	task: string,
	/** The words that the hint gives for it, behind "write". */
	hint: string,
	/** What is then true, or what is looped over or said. */
	result: unknown,
])[] = [
	// Loops.
	[
		`- debug: {msg: a}\n  «with_items: ["{{l1}}", "{{l2}}"]»`,
		'loop: !cel "flatten([l1, l2], 1)"',
		['a', 'b', 'c'],
	],
	[`- debug: {msg: a}\n  «with_items: "{{pairs}}"»`, 'loop: !cel "flatten(pairs, 1)"', ['x', 'y', 'z']],
	[
		`- debug: {msg: a}\n  «with_items: [[a, [b]], c]»`,
		`loop: !cel "flatten([['a', ['b']], 'c'], 1)"`,
		['a', ['b'], 'c'],
	],
	[`- debug: {msg: a}\n  «with_items: [a, "x-{{name}}", 1]»`, 'loop: [a, "x-{{name}}", 1]', ['a', 'x-db', 1]],
	[
		`- debug: {msg: a}\n  «with_items: [{k: a}, {k: "{{name}}"}]»`,
		'loop: [{k: a}, {k: "{{name}}"}]',
		[{ k: 'a' }, { k: 'db' }],
	],
	[
		`- debug: {msg: a}\n  «with_items: "{{nope | default([])}}"»`,
		'loop: !cel "flatten(default(vars.nope, []), 1)"',
		[],
	],
	[`- debug: {msg: a}\n  «with_items: one»`, 'loop: [one]', ['one']],
	[`- debug: {msg: a}\n  «with_list: "{{pairs}}"»`, 'loop: "{{pairs}}"', [['x', 'y'], 'z']],
	[
		`- debug: {msg: a}\n  «with_flattened: ["{{pairs}}", [[q]]]»`,
		`loop: !cel "flatten([pairs, [['q']]])"`,
		['x', 'y', 'z', 'q'],
	],
	[
		`- debug: {msg: a}\n  «with_dict: "{{users}}"»`,
		'loop: !cel "entries(users)"',
		[{ key: 'bea', value: { uid: 1 } }],
	],
	[`- debug: {msg: a}\n  «with_dict: {a: 1}»`, `loop: !cel "entries({'a': 1})"`, [{ key: 'a', value: 1 }]],
	[
		`- debug: {msg: a}\n  «with_nested: ["{{l1}}", [1, 2]]»`,
		'loop: !cel "flatten(l1.map(a, [1, 2].map(b, [a, b])), 1)"',
		[
			['a', 1],
			['a', 2],
			['b', 1],
			['b', 2],
		],
	],
	[
		`- debug: {msg: a}\n  «with_cartesian: [[a], [b], [c, d]]»`,
		`loop: !cel "flatten(['a'].map(a, flatten(['b'].map(b, ['c', 'd'].map(c, [a, b, c])), 1)), 1)"`,
		[
			['a', 'b', 'c'],
			['a', 'b', 'd'],
		],
	],
	[
		`- debug: {msg: a}\n  «with_together: ["{{l1}}", "{{l2}}"]»`,
		'loop: !cel "range(max([size(l1), size(l2)])).map(i, [l1[?i].orValue(null), l2[?i].orValue(null)])"',
		[
			['a', 'c'],
			['b', null],
		],
	],
	[
		`- debug: {msg: a}\n  «with_subelements: ["{{people}}", keys]»`,
		'loop: !cel "flatten(people.map(u, u.keys.map(k, [u, k])), 1)"',
		['k1', 'k2', 'k3'].map((key) => [
			key === 'k3' ? { name: 'abe', keys: ['k3'] } : { name: 'bea', keys: ['k1', 'k2'] },
			key,
		]),
	],
	[
		`- debug: {msg: a}\n  «with_indexed_items: "{{l1}}"»`,
		'loop: !cel "range(size(l1)).map(i, [i, l1[i]])"',
		[
			[0, 'a'],
			[1, 'b'],
		],
	],
	[`- debug: {msg: a}\n  «with_sequence: start=1 end=3»`, 'loop: ["1", "2", "3"]', ['1', '2', '3']],
	[
		`- debug: {msg: a}\n  «with_sequence: count=2 format=host%02d»`,
		'loop: [host01, host02]',
		['host01', 'host02'],
	],
	[`- debug: {msg: a}\n  «with_sequence: 0-4/2:x%d»`, 'loop: [x0, x2, x4]', ['x0', 'x2', 'x4']],
	[
		`- debug: {msg: a}\n  «with_sequence: count={{n}}»`,
		'loop: !cel "range(int(n)).map(i, string(i + 1))"',
		['1', '2', '3'],
	],
	[
		`- debug: {msg: a}\n  «with_sequence: start=0 end={{n}} format=d%d»`,
		`loop: !cel "range(int(n) - -1).map(i, 'd' + string(i + 0))"`,
		['d0', 'd1', 'd2', 'd3'],
	],
	[
		`- debug: {msg: a}\n  loop: «"{{ users | dict2items }}"»`,
		'!cel "entries(users)"',
		[{ key: 'bea', value: { uid: 1 } }],
	],
	[`- debug: {msg: a}\n  «loop: {a: 1}»`, `loop: !cel "entries({'a': 1})"`, [{ key: 'a', value: 1 }]],

	// Filters and tests of Jinja.
	[
		`- debug: {msg: a}\n  when: «nope is not defined or n | int == 3»`,
		'!has(vars.nope) || int(n) == 3',
		[true],
	],
	[`- debug: {msg: a}\n  when: «flag | bool»`, 'bool(flag)', [true]],
	[
		`- debug: {msg: a}\n  when: «nope | default('a and b') | length > 0»`,
		"size(default(vars.nope, 'a and b')) > 0",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «people | selectattr('name', 'equalto', 'bea') | list | length == 1»`,
		"size(people.filter(x, x.name == 'bea')) == 1",
		[true],
	],
	[`- debug: {msg: a}\n  when: «not n == 4 and name not in l1»`, '!(n == 4) && !(name in l1)', [true]],
	[
		`- debug: {msg: a}\n  when: «name in ['db'] and l1 | difference(['a']) == ['b']»`,
		"name in ['db'] && difference(l1, ['a']) == ['b']",
		[true],
	],
	[
		`- debug: {msg: «"{{ people | map(attribute='name') | join(',') }}"»}`,
		`!cel "join(people.map(x, x.name), ',')"`,
		'bea,abe',
	],
	[
		`- debug: {msg: «"{{ nope | default(name, true) }}"»}`,
		'!cel "cel.bind(v, default(vars.nope, null), truthy(v) ? v : name)"',
		'db',
	],
	[`- debug: {msg: «"port {{ n | default(1) }}"»}`, `!cel "'port ' + string(default(vars.n, 1))"`, 'port 3'],
	[`- debug: {msg: «"{{ 'a' if n == 3 else 'b' }}"»}`, `!cel "n == 3 ? 'a' : 'b'"`, 'a'],
	[`- debug: {msg: «"{{ l1 + l2 }}"»}`, '!cel "l1 + l2"', ['a', 'b', 'c']],
	[`- debug: {msg: «"{{ l1[0] }}"»}`, '!cel "l1[0]"', 'a'],
	[
		`- debug: {msg: «"{{ '/etc/a.conf' | basename | regex_replace('a', 'b') }}"»}`,
		`!cel "regex_replace(basename('/etc/a.conf'), 'a', 'b')"`,
		'b.conf',
	],

	// What Jinja computes.
	[
		`- debug: {msg: a}\n  when: «name is version('1.2', '>=') or n is version(4, '<')»`,
		"version_ge(string(name), '1.2') || !version_ge(string(n), '4')",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «name is search('^d|x') and name is match('d')»`,
		"matches(name, '^d|x') && matches(name, '^d')",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «people[0].keys.1 == 'k2' and l1[1:] == ['b']»`,
		"people[0].keys[1] == 'k2' && slice(l1, 1) == ['b']",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «users is mapping and name is not none and name is string»`,
		"type(users) == 'map' && name != null && type(name) == 'text'",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «l1 and not users.get('eve') and flag»`,
		'truthy(l1) && !truthy(default(vars.users.eve, null)) && truthy(flag)',
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «(n | int) // 2 == 1 and 'x' ~ n == 'x3'»`,
		"floor(int(n) / 2) == 1 && 'x' + string(n) == 'x3'",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «name.split() | length == 1 and name.startswith('d')»`,
		"size(split(name)) == 1 && startsWith(name, 'd')",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «hostvars[inventory_hostname]['ansible_default_ipv4']['address'] is defined and n is number»`,
		"has(hostvars[inventory_hostname].facts.default_ipv4.address) && type(n) == 'number'",
		[true],
	],
	[
		`- debug: {msg: «"{{ 'a' if n == 1 else 'b' if n == 3 else 'c' }}"»}`,
		`!cel "n == 1 ? 'a' : n == 3 ? 'b' : 'c'"`,
		'b',
	],
	[
		`- debug: {msg: «"{{ lookup('env', 'NO_SUCH_NAME') | default('x', true) }}"»}`,
		`!cel "cel.bind(v, default(default(lookup_env('NO_SUCH_NAME'), ''), null), truthy(v) ? v : 'x')"`,
		'x',
	],
	[`- debug: {msg: «"{{ range(1, n) | list }}"»}`, '!cel "range(n - 1).map(i, i + 1)"', [1, 2]],
	[
		`- debug: {msg: «"{{ ['web', 'db'] | map('extract', {'web': 1, 'db': 2}) | list }}"»}`,
		`!cel "['web', 'db'].map(x, {'web': 1, 'db': 2}[x])"`,
		[1, 2],
	],
	[
		`- debug: {msg: «"{{ l1 | product(l2) | map('join', '-') | join(' ') }}"»}`,
		`!cel "join(flatten(l1.map(a, l2.map(b, [a, b])), 1).map(x, join(x, '-')), ' ')"`,
		'a-c b-c',
	],
	[
		`- debug: {msg: «"{{ people | selectattr('name', 'equalto', 'abe') | map(attribute='keys') | first | first }}"»}`,
		`!cel "people.filter(x, x.name == 'abe').map(x, x.keys)[0][0]"`,
		'k3',
	],
	[
		`- debug: {msg: «"{{ 'v1.2.3' | regex_search('v([0-9]+)') }}"»}`,
		`!cel "find('v1.2.3', 'v(?:[0-9]+)')"`,
		'v1',
	],
	[
		`- debug: {msg: «"{{ 'v1.2.3' | regex_search('v([0-9]+)', '\\\\1') | first }}"»}`,
		`!cel "[find('v1.2.3', 'v([0-9]+)')][0]"`,
		'1',
	],
	[`- debug: {msg: «"{{ q('flattened', l1, [l2]) }}"»}`, '!cel "flatten([l1, [l2]])"', ['a', 'b', 'c']],
	[
		`- debug: {msg: «"{{ nope | default(None) or name }}"»}`,
		'!cel "truthy(default(vars.nope, null)) ? default(vars.nope, null) : name"',
		'db',
	],
	[
		`- debug: {msg: «"{% if n == 3 %}a{% elif n == 4 %}b{% else %}{{ name }}{% endif %}-x"»}`,
		`!cel "string(n == 3 ? 'a' : n == 4 ? 'b' : name) + '-x'"`,
		'a-x',
	],
	[
		`- debug: {msg: «"{% for u in l1 %}{{ u }};{% endfor %}"»}`,
		`!cel "join(l1.map(u, string(u) + ';'), '')"`,
		'a;b;',
	],
	[`- debug: {msg: «"{% set x = n + 1 %}{{ x }}"»}`, '!cel "cel.bind(x, n + 1, x)"', 4],

	[
		`- debug: {msg: «"{{ '-%d' % (n + 1) if n > 0 else '' }}{{ 'a{}b'.format(name) }}"»}`,
		`!cel "string(n > 0 ? '-' + string(n + 1) : '') + string('a' + string(name) + 'b')"`,
		'-4adbb',
	],

	// Names and values of facts.
	[`- debug: {msg: a}\n  when: «ansible_os_family == "Debian"»`, "facts.os.family == 'debian'", [true]],
	[`- debug: {msg: a}\n  when: «facts.os.family == "Debian"»`, "facts.os.family == 'debian'", [true]],
	[`- debug: {msg: a}\n  when: «facts.os.family != 'RedHat'»`, "facts.os.family != 'redhat'", [true]],
	[
		`- debug: {msg: a}\n  when: «facts.os.family in ['Ubuntu', 'Debian']»`,
		"facts.os.family == 'debian'",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «ansible_os_family in ['RedHat', 'CentOS', 'Debian']»`,
		"facts.os.family in ['redhat', 'debian']",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «ansible_os_family == 'RedHat' or ansible_os_family == 'Rocky'»`,
		"facts.os.family == 'redhat'",
		[false],
	],
	[
		`- debug: {msg: a}\n  when: «ansible_pkg_mgr == 'apt'»`,
		"default({'debian': 'apt', 'redhat': 'dnf', 'suse': 'zypper', 'alpine': 'apk'}[facts.os.family], 'unknown') == 'apt'",
		[true],
	],
	[`- debug: {msg: a}\n  when: «facts['os'].id == "Ubuntu"»`, "facts['os'].id == 'ubuntu'", [true]],
	[`- debug: {msg: a}\n  when: «vars.facts.arch == "amd64"»`, "vars.facts.arch == 'x86_64'", [true]],
	[
		`- debug: {msg: a}\n  when: «ansible_facts['distribution'] == "Ubuntu"»`,
		"facts.os.id == 'ubuntu'",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «ansible_facts.os_family == "Debian" and n is defined»`,
		"facts.os.family == 'debian' && has(vars.n)",
		[true],
	],
	[
		`- debug: {msg: a}\n  when: «ansible_distribution_major_version == "24"»`,
		`split(facts.os.version, '.')[0] == "24"`,
		[true],
	],
	[`- debug: {msg: a}\n  when: «ansible_selinux.mode == "Disabled"»`, "facts.selinux == 'disabled'", [true]],
	[
		`- debug: {msg: a}\n  when: «ansible_facts.selinux and ansible_facts.selinux.status == "disabled"»`,
		`truthy(facts.selinux) && (facts.selinux == 'disabled' ? 'disabled' : 'enabled') == "disabled"`,
		[true],
	],
	[`- {debug: {msg: "«{{ansible_facts.os_family}}»"}}`, '{{facts.os.family}}', 'debian'],
	[`- {debug: {msg: "«{{ansible_default_ipv4.address}}»"}}`, '{{facts.default_ipv4.address}}', '10.0.0.5'],
	[
		`- {debug: {msg: «"of {{ansible_domain}}"»}}`,
		`!cel "'of ' + string(replace_regex(facts.fqdn, '^[^.]*[.]?', ''))"`,
		'of example.org',
	],
	[`- {debug: {msg: «!cel "ansible_interfaces"»}}`, '!cel "keys(facts.interfaces)"', ['eth0', 'lo']],
	[
		`- {debug: {msg: «"{{ansible_domain}}"»}}`,
		`!cel "replace_regex(facts.fqdn, '^[^.]*[.]?', '')"`,
		'example.org',
	],
	[`- {debug: {msg: "«{{ansible_play_batch}}»"}}`, '{{play_hosts}}', ['web1']],
	[`- {debug: {msg: "«{{ansible_failed_task.name}}»"}}`, '{{failed_task.name}}', 'x'],
	[`- {debug: {msg: «"{{ansible_host}}"»}}`, '!cel "default(vars.ansible_host, inventory_hostname)"', 'web1'],
];

const defaults: readonly (readonly [spec: string, given: string, hint: string | undefined])[] = [
	['{type: int, «default: 80»}', 'port: 80', undefined],
	[
		'{type: dict, «default: {a: 1, b: [x, "{{facts.arch}}"]}»}',
		'port: {b: [x, "{{facts.arch}}"], a: 1}',
		undefined,
	],
	['{type: int, «default: 80»}', 'port: 81', 'default: 81'],
	['{type: str, «default: 80»}', 'port: "80"', 'default: "80"'],
	['{type: list, «default: []»}', 'port: [a, "b, c"]', 'default: [a, "b, c"]'],
	['{type: list, elements: dict, options: {a: {default: 1}}}', 'port: [{}]', undefined],
	['{type: dict, options: {a: {«default: 1»}}}', 'port: {a: 2}', 'default: 2'],
];

for (const [spec, given, wanted] of defaults) {
	test(`default in an argument spec: ${marked(spec)} with ${given}`, async (t) => {
		const files = (option: string): Files => ({
			'site.yml': '- {hosts: all, roles: [r]}\n',
			'roles/r/meta/argument_specs.yml': `argument_specs: {main: {options: {port: ${option}}}}\n`,
			'roles/r/defaults/main.yml': `${given}\n`,
			'roles/r/tasks/main.yml': '- debug: {msg: "{{port}}"}\n',
		});
		const { hints } = await load(files(marked(spec)));
		t.deepEqual(
			hints.map((hint) => written(hint).replace(', or leave it out', '')),
			wanted === undefined ? [] : [wanted],
		);
		t.deepEqual((await load(files(replaced(spec, wanted ?? '')))).hints, []);
	});
}

for (const name of advisedModules) {
	test(`the module ${name}: the hint works`, async (t) => {
		const advice = moduleAdvice(`community.general.${name}`) ?? '';
		const { hints } = await load({ 'site.yml': play(`- community.general.${name}: {}`, vars) });
		t.deepEqual(hints, [advice]);
		const same = sameModule(name);
		t.is(same, same && findModule(same)?.name);
		// Parts of a sentence are tasks too: `write lineinfile: {…}, with …`.
		const task = /write - (.*?)(?:; .*)?$/s.exec(advice)?.[1] ?? /write (\w+: \{.*\}),/.exec(advice)?.[1];
		const files = { 'site.yml': play(`- ${task ?? 'ping:'}`, vars), 'NAME.repo': '', 'FOLDER/a': '' };
		t.deepEqual((await load(files)).hints, []);
	});
}

/** `key=value` behind a module: what the hint writes is taken. */
const freeForms: readonly (readonly [task: string, hint: string])[] = [
	['- «service: name=x state=started enabled=yes»', 'service: {name: x, state: started, enabled: true}'],
	['- «file: path=/tmp/x state=directory mode=0755»', 'file: {path: /tmp/x, state: directory, mode: "0755"}'],
	['- «apt: name=a,b update_cache=yes»', 'apt: {name: [a, b], update_cache: true}'],
	['- «lineinfile: path=/a line="a  b" create=no»', 'lineinfile: {path: /a, line: a  b, create: false}'],
	[`- «copy: content='{{name}}' dest=/a»`, 'copy: {content: "{{name}}", dest: /a}'],
	['- «wait_for: port=22 timeout=5»', 'wait_for: {port: 22, timeout: 5}'],
	[
		'- «file: path=/tmp/x mode=u=rwx,g=rx,o= state=directory»',
		'file: {path: /tmp/x, mode: "0750", state: directory}',
	],
	[`- «lineinfile: dest=/a regexp='^x=' line='x=y z'»`, 'lineinfile: {path: /a, regexp: ^x=, line: x=y z}'],
	['- «debug: msg="yes, sir"»', 'debug: {msg: "yes, sir"}'],
	['- «debug: msg=yes»', 'debug: {msg: yes}'],
];

for (const [task, wanted] of freeForms) {
	test(`${marked(task)}: the hint works`, async (t) => {
		const { hints } = await load({ 'site.yml': play(marked(task), vars) });
		t.deepEqual(hints.map(written), [wanted]);
		t.deepEqual((await load({ 'site.yml': play(replaced(task, wanted), vars) })).hints, []);
	});
}

test('creates= and chdir= in the text of a command: the hint works', async (t) => {
	const { hints } = await load({
		'site.yml': play('- command: make -C a=b creates=/a/b chdir="/c d"', vars),
	});
	const [, beside = '', whole = ''] =
		/^write (.*) beside the module, which is then (.*)$/.exec(hints[0] ?? '') ?? [];
	t.deepEqual([beside, whole], ['creates: /a/b, args: {chdir: /c d}', 'command: make -C a=b']);
	const { first, hints: none } = await load({ 'site.yml': play(`- {${whole}, ${beside}}`, vars) });
	t.deepEqual(none, []);
	t.like(first, { args: { cmd: 'make -C a=b', chdir: '/c d' }, guards: { creates: '/a/b' } });
});

/** Files of templates: what the hints say, the file when they are followed, and what it comes to. */
const templates: readonly (readonly [
	jinja: string,
	hints: readonly string[],
	mustache: string,
	result: string,
])[] = [
	[
		'{% if n %}\na\n{% else %}\nb\n{% endif %}\n',
		['{{#n}}…{{/n}}{{^n}}…{{/n}}'],
		'{{#n}}\na\n{{/n}}{{^n}}\nb\n{{/n}}\n',
		'a\n',
	],
	[
		'{% if l1 %}\nlist:\n{% for u in l1 %}\n- {{ u }}\n{% endfor %}\n{% endif %}\n',
		[
			'{{#if_l1}}…{{/if_l1}}, and if_l1: !cel "truthy(l1)" into the vars of the task',
			'{{#l1}}…{{/l1}}, with {{.}} or {{key}} for each item',
			'{{.}}',
		],
		'{{#if_l1}}\nlist:\n{{#l1}}\n- {{.}}\n{{/l1}}\n{{/if_l1}}\n',
		'list:\n- a\n- b\n',
	],
	[
		'{% for u, v in users.items() %}\n{{ u }}={{ v.uid }}\n{% endfor %}\n',
		[
			'{{#list_users}}…{{/list_users}}, with {{key}} and {{value}} for each, and list_users: !cel "entries(users)" into the vars of the task',
			'{{key}}',
			'{{value.uid}}',
		],
		'{{#list_users}}\n{{key}}={{value.uid}}\n{{/list_users}}\n',
		'bea=1\n',
	],
	[
		'{% for p in people %}{{ p.name }}:{{ p.shell | default("sh") }}{% if not loop.last %},{% endif %}{% endfor %}',
		[
			`{{#list_people}}…{{/list_people}}, and list_people: !cel "range(size(people)).map(i, cel.bind(p, people[i], {'p': p, 'value_p_shell_sh': default(p.shell, \\"sh\\"), 'if_loop_last': !(i == size(people) - 1)}))" into the vars of the task`,
			'{{value_p_shell_sh}}',
			'{{#if_loop_last}}…{{/if_loop_last}}',
		],
		'{{#list_people}}{{p.name}}:{{value_p_shell_sh}}{{#if_loop_last}},{{/if_loop_last}}{{/list_people}}',
		'bea:sh,abe:sh',
	],
	[
		'{% for p in people %}\n{{ p.name }}:{% for k in p.keys %} {{ k | upper }}{% endfor %}\n{% endfor %}\n',
		[
			`{{#list_people}}…{{/list_people}}, and list_people: !cel "people.map(p, {'p': p, 'list_p_keys': p.keys.map(k, {'k': k, 'value_k': upper(k)})})" into the vars of the task`,
			'{{#list_p_keys}}…{{/list_p_keys}}',
			'{{value_k}}',
		],
		'{{#list_people}}\n{{p.name}}:{{#list_p_keys}} {{value_k}}{{/list_p_keys}}\n{{/list_people}}\n',
		'bea: K1 K2\nabe: K3\n',
	],
	[
		'{% if n == 4 %}a{% elif n == 3 or flag %}b{% else %}c{% endif %}\n',
		[
			'{{#if_n_4}}…{{/if_n_4}}, and if_n_4: !cel "n == 4" into the vars of the task',
			'{{#if_n_4_3_flag}}…{{/if_n_4_3_flag}}, and if_n_4_3_flag: !cel "!(n == 4) && (n == 3 || truthy(flag))" into the vars of the task',
			'{{#if_n_4_3_flag_2}}…{{/if_n_4_3_flag_2}}, and if_n_4_3_flag_2: !cel "!(n == 4) && !(n == 3 || truthy(flag))" into the vars of the task',
		],
		'{{#if_n_4}}a{{/if_n_4}}{{#if_n_4_3_flag}}b{{/if_n_4_3_flag}}{{#if_n_4_3_flag_2}}c{{/if_n_4_3_flag_2}}\n',
		'b\n',
	],
	[
		"{# note #}\n{{ ansible_managed | comment }}\n{{ 'yes' if (flag | bool) else 'no' }} {{ ansible_domain }}\n",
		[
			'{{! … }} instead of {# … #}',
			'a line of your own, such as "# Managed by g2pbook"',
			`{{value_flag_yes_no}}, and value_flag_yes_no: !cel "bool(flag) ? 'yes' : 'no'" into the vars of the task`,
			`{{value_facts_fqdn}}, and value_facts_fqdn: !cel "replace_regex(facts.fqdn, '^[^.]*[.]?', '')" into the vars of the task`,
		],
		'{{! note }}\n# Managed by g2pbook\n{{value_flag_yes_no}} {{value_facts_fqdn}}\n',
		'# Managed by g2pbook\nyes example.org\n',
	],
	['{% set x = n + 1 %}\n{{ x }}\n', ['x: !cel "n + 1" into the vars of the task'], '{{x}}\n', '4\n'],
];

for (const [jinja, wanted, mustache, result] of templates) {
	test(`a template with ${JSON.stringify(jinja)}: the hints work`, async (t) => {
		const files = (text: string, given: string): Files => ({
			'site.yml': play(`- template: {src: a.j2, dest: /a, mode: "0644"}\n  vars: {${given}}`, vars),
			'templates/a.j2': text,
		});
		const { hints } = await load(files(jinja, ''));
		t.deepEqual(
			hints.map((hint) => hint.replace(/^(leave it out, and )?write /, '')),
			wanted,
		);
		const given = wanted.flatMap(
			(hint) => /(\w+: !cel ".*") into the vars of the task$/.exec(hint)?.[1] ?? [],
		);
		const followed = await load(files(mustache, given.join(', ')));
		t.deepEqual(followed.hints, []);
		const known = new Vars([
			...(followed.first?.layers ?? []),
			{ kind: 'magic', origin: 'test', literal: true, values: { facts } },
			{ kind: 'play vars', origin: 'test', values: await playVars() },
		]);
		t.is(known.render(mustache), result);
	});
}

/** Arguments that are called otherwise, or take something else: what the hint writes is taken. */
const moduleArguments: readonly (readonly [task: string, hint: string | undefined])[] = [
	['- file: {«dest»: /a, state: directory}', 'path'],
	['- lineinfile: {«dest»: /a, line: b}', 'path'],
	['- lineinfile: {path: /a, line: b, «regex»: c}', 'regexp'],
	['- ini_file: {«dest»: /a, section: s, option: o, value: v}', 'path'],
	['- apt: {«pkg»: nginx}', 'name'],
	['- package: {«pkg»: [a, b]}', 'name'],
	['- mount: {«name»: /a, src: /dev/b, fstype: ext4, state: mounted}', 'path'],
	['- stat: {«name»: /a}', 'path'],
	['- slurp: {«path»: /a}', 'src'],
	['- user: {name: a, «createhome»: false}', 'create_home'],
	['- sysctl: {«key»: a.b, value: 1}', 'name'],
	['- systemd: {«unit»: a, state: started}', 'name'],
	['- ufw: {rule: allow, port: "22", «from»: 10.0.0.0/8}', 'from_ip'],
	['- service: {name: x, «enabled: yes»}', 'enabled: true'],
	['- service: {name: x, «enabled: "no"»}', 'enabled: false'],
	['- get_url: {url: "https://a.example/b", dest: /a, «timeout: "42"»}', 'timeout: 42'],
	['- file: {path: /a, «mode: "u=rwX,g=rX,o="»}', 'mode: "0750"'],
	['- file: {path: /a, «mode: +x»}', 'mode: "0755"'],
	['- file: {path: /a, «mode: "02775"»}', 'mode: "2775"'],
	['- file: {path: /a, «mode: 0644»}', 'mode: "0644"'],
	['- fail: {«msg: [a, "b c"]»}', 'msg: "a\\nb c"'],
	['- shell: {cmd: a, «executable: bash»}', 'executable: /bin/bash'],
	['- get_url: {url: "https://a.example/b", dest: /a«, validate_certs: false»}', undefined],
	['- sysctl: {name: a.b, value: 1«, sysctl_set: true»}', undefined],
	['- unarchive: {src: /a, remote_src: true, dest: /b«, extra_opts: [--no-same-owner]»}', undefined],
	['- {include_tasks: t.yml«, args: {apply: {become: true}}»}', undefined],
];

test('a computed name of set_fact: the hint works', async (t) => {
	const files = (tasks: string): Files => ({
		'site.yml': play(tasks, vars),
		'vars/debian.yml': 'pkg: nginx\n',
	});
	const { hints } = await load(
		files(
			'- include_vars: {file: debian.yml, name: os}\n- set_fact: {"{{item.key}}": "{{item.value}}"}\n  loop: !cel "entries(os)"',
		),
	);
	t.regex(hints.join('; '), /^include_vars without "name" gives all names of a file at once/);
	t.deepEqual(
		(await load(files('- include_vars: {file: debian.yml}\n- package: {name: "{{pkg}}"}'))).hints,
		[],
	);
});

for (const [task, wanted] of moduleArguments) {
	test(`${marked(task)}: the hint works`, async (t) => {
		const files = (text: string): Files => ({ 'site.yml': play(text, vars), 't.yml': '- ping:\n' });
		const { hints } = await load(files(marked(task)));
		t.is(hints.length, 1);
		const [hint = ''] = hints;
		t.is(
			/(?:write|quotes:) (?:one text: )?(.*)$/.exec(hint)?.[1],
			wanted ??
				(hint.includes('write the') ? 'the keywords beside it' : /write/.test(hint) ? hint : undefined),
		);
		t.true(wanted !== undefined || /leave it out|beside it/.test(hint), hint);
		t.deepEqual((await load(files(replaced(task, wanted ?? '')))).hints, []);
	});
}

for (const [task, wanted, result] of tasks) {
	test(`${marked(task)}: the hint works`, async (t) => {
		const { hints } = await load({ 'site.yml': play(marked(task), vars) });
		const [hint = '', ...others] = hints.map(written);
		t.deepEqual([unquoted(hint), ...others], [wanted]);
		const pick = /\bwhen: «/.test(task)
			? 'when'
			: /(loop|with_\w+): |«(loop|with_)/.test(task)
				? 'loop'
				: 'msg';
		t.deepEqual(await valueIn({ 'site.yml': play(replaced(task, hint), vars) }, pick), result);
	});
}

/** What a hint gives to be written. */
const written = (hint: string): string => /\bwrite (.*?)(?:, which .*)?$/s.exec(hint)?.[1] ?? hint;

const unquoted = (text: string): string => (/^".*"$/s.test(text) ? JSON.parse(text) : text);
