import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Diagnostic, Diagnostics } from '../src/diagnostics.ts';
import { BadInput } from '../src/errors.ts';
import { withHost } from '../src/inventory/pattern.ts';
import { batchesOf, ordered } from '../src/plan/batches.ts';
import { lintPaths } from '../src/plan/lint-paths.ts';
import { type LoadAllOptions, type Loaded, loadAll } from '../src/plan/load.ts';
import { printHosts, printPlan, printTags, printTasks } from '../src/plan/print.ts';
import { mayHold, selected } from '../src/plan/tags.ts';
import type { Selection } from '../src/plan/types.ts';
import { leavesOf } from '../src/plan/walk.ts';

type Files = Readonly<Record<string, string>>;

const hosts = `all:
  vars: {everywhere: 1}
  children:
    web: {hosts: {w3: , w1: {only_w1: 1}, w2: }, vars: {port: 80}}
    db: {hosts: {d1: }}
`;

function folderOf(files: Files): string {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-plan-'));
	for (const [name, text] of Object.entries({ 'hosts.yml': hosts, ...files })) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}

	return folder;
}

async function load(files: string | Files, options: Partial<LoadAllOptions> = {}): Promise<Loaded> {
	const cwd = folderOf(typeof files === 'string' ? { 'site.yml': files } : files);
	return loadAll({ playbook: 'site.yml', inventories: ['hosts.yml'], cwd, ...options });
}

const told = ({ severity, summary, source }: Diagnostic): string =>
	`${severity === 'warning' ? 'warning ' : ''}${source === undefined ? '' : `${source.line}:${source.column} `}${summary}`;

/** What is wrong, and the hints. */
async function problems(files: string | Files, options: Partial<LoadAllOptions> = {}) {
	try {
		const { warnings } = await load(files, options);
		return { list: warnings.map(told), hints: warnings.map(({ hint }) => hint ?? '') };
	} catch (error) {
		if (!(error instanceof BadInput)) {
			throw error;
		}

		return { list: error.diagnostics.map(told), hints: error.diagnostics.map(({ hint }) => hint ?? '') };
	}
}

const mistakes: readonly (readonly [file: string, line: number, column: number, summary: string])[] = [
	['included.yml', 2, 16, 'argument "path" of module "file": write an absolute path, one that starts with /'],
	['included.yml', 2, 26, 'unknown argument "stat" for module "file"'],
	['inventory.yml', 4, 21, '"broken_retries" needs a whole number, not "many"'],
	['roles/broken/tasks/main.yml', 2, 38, '"broken_naem" is not defined'],
	['roles/broken/tasks/main.yml', 3, 11, 'no handler is called "Never defined"'],
	['site.yml', 4, 3, 'a play has no keyword "becom"'],
	[
		'site.yml',
		5,
		11,
		'"serial" needs a number of hosts above 0, a percentage such as "30%", or a list of them',
	],
	['site.yml', 8, 17, '"site_nmae" is not defined, and "address" needs it'],
	['site.yml', 11, 14, 'the role "broken" needs "broken_token"'],
	['site.yml', 11, 29, 'the role "broken" has no variable "broken_prot"'],
	['site.yml', 12, 14, 'there is no role "brokn"'],
	['site.yml', 13, 14, 'the role "broken" needs "broken_token"'],
	['site.yml', 13, 22, 'a role entry has no keyword "port"'],
	['site.yml', 16, 7, 'unknown module "cpoy"'],
	['site.yml', 19, 7, 'a task has one module, and this one has copy and file'],
	['site.yml', 20, 7, 'this task has no module'],
	['site.yml', 23, 26, 'unknown argument "gdi" for module "group"'],
	['site.yml', 25, 33, 'argument "state" of module "group": expected "present" or "absent", not "presnt"'],
	['site.yml', 27, 31, 'argument "gid" of module "group": expected a number, not "many"'],
	['site.yml', 29, 7, 'module "group" needs the argument "name"'],
	['site.yml', 31, 37, 'mode: 0644 is the number 644 to YAML, not the permissions 0644'],
	['site.yml', 34, 7, '"owner" is an argument of "file", not a keyword of the task'],
	['site.yml', 36, 13, 'the arguments of "file" are a mapping, not "path=/etc/motd state=touch"'],
	['site.yml', 39, 25, 'unexpected the end'],
	['site.yml', 42, 23, 'unexpected "is"'],
	['site.yml', 45, 13, '"prot" is not defined'],
	['site.yml', 47, 31, '"adress" is not defined'],
	['site.yml', 49, 22, '"site_name | upper" is not a name'],
	['site.yml', 51, 25, 'there is no function "upcase"'],
	['site.yml', 54, 13, '"loop" needs a list, not "port"'],
	['site.yml', 57, 7, 'unknown keyword "with_items"'],
	['site.yml', 59, 24, '"item" is not defined'],
	['site.yml', 62, 15, 'no handler is called "Reload ngnix"'],
	['site.yml', 64, 19, 'there is no file "missing.conf"'],
	['site.yml', 68, 21, 'there is no file of tasks "missing.yml"'],
	['site.yml', 72, 55, '"ansible_os_family" is not defined'],
	['site.yml', 75, 15, '"become" needs true or false, not "yes"'],
	['site.yml', 76, 7, 'a task is a mapping, not "just a text"'],
	['site.yml', 80, 7, 'a handler is a task, and this is a block'],
	['site.yml', 82, 10, 'there is no group or host "databases"'],
	['site.yml', 85, 10, '"tasks" needs a list of tasks, not a mapping'],
	['site.yml', 86, 3, 'a play needs "hosts"'],
	['site.yml', 87, 20, 'there is no playbook "nowhere.yml"'],
	['site.yml', 88, 3, 'a play is a mapping, not "just a text"'],
	['templates/page.html', 2, 54, '"hst" is not defined'],
	['templates/page.html', 3, 1, '"{% if port %}" is Jinja, and templates are Mustache'],
];

test('a playbook with 46 mistakes reports all of them, each with its place', async (t) => {
	const cwd = fileURLToPath(new URL('./fixtures/playbooks/mistakes', import.meta.url));
	const error = await t.throwsAsync(loadAll({ playbook: 'site.yml', inventories: ['inventory.yml'], cwd }), {
		instanceOf: BadInput,
	});
	const found = (error?.diagnostics ?? []).map(({ source, summary }) => [
		relative(cwd, source?.file ?? ''),
		source?.line,
		source?.column,
		summary,
	]);
	const sorted = (list: readonly (readonly unknown[])[]) => list.map((row) => row.join(':')).sort();
	t.deepEqual(sorted(found), sorted(mistakes));
	t.is(error?.exitCode, 5);
});

const all = `- {name: plain, command: a}
- {name: one, command: a, tags: one}
- {name: two, command: a, tags: [one, two]}
- {name: always, command: a, tags: always}
- {name: never, command: a, tags: [never, debug]}
`;

const tags: readonly (readonly [title: string, selection: Selection, names: string])[] = [
	['nothing chosen', {}, 'plain one two always'],
	['one tag', { tags: ['one'] }, 'one two always'],
	['one of two', { tags: ['two', 'debug'] }, 'two always never'],
	['all', { tags: ['all'] }, 'plain one two always'],
	['never by its name', { tags: ['never'] }, 'always never'],
	['tagged', { tags: ['tagged'] }, 'one two always'],
	['untagged', { tags: ['untagged'] }, 'plain always'],
	['skip one', { skipTags: ['two'] }, 'plain one always'],
	['skip always', { skipTags: ['always'] }, 'plain one two'],
	['skip tagged', { skipTags: ['tagged'] }, 'plain'],
	['skip all but what is always', { skipTags: ['all'] }, 'always'],
	['tags and skip', { tags: ['one'], skipTags: ['two'] }, 'one always'],
	['start in the middle', { startAtTask: 'two' }, 'two always'],
	['start by a pattern', { startAtTask: 'al*' }, 'always'],
	['start by the id', { startAtTask: 'site.yml:4' }, 'one two always'],
];

for (const [title, selection, names] of tags) {
	test(`selection: ${title}`, async (t) => {
		const { plan, previews } = await load(`- hosts: all\n  tasks:\n${all.replace(/^(?=.)/gm, '    ')}`, {
			selection,
		});
		const [play] = plan.plays;
		const chosen = [...leavesOf(play?.play ?? t.fail() ?? (undefined as never), previews)].filter((leaf) =>
			plan.selects(leaf),
		);
		t.is(chosen.map(({ name }) => name).join(' '), names);
	});
}

test('selection: an include is left in unless its own tags rule it out', (t) => {
	t.false(selected([], { tags: ['x'] }));
	t.true(mayHold([], { tags: ['x'] }));
	t.false(mayHold(['never'], { tags: ['x'] }));
	t.false(mayHold(['y'], { skipTags: ['y'] }));
});

const badSelections: readonly (readonly [selection: Selection, problem: string, hint: RegExp])[] = [
	[{ tags: ['on'] }, '--tags on: no task has this tag', /"one"/],
	[
		{ skipTags: ['zzzzzz'] },
		'--skip-tags zzzzzz: no task has this tag',
		/known tags: always, debug, never, one, two/,
	],
	[{ startAtTask: 'plane' }, 'no task is called "plane"', /"plain"/],
	[{ limit: 'wbe' }, '--limit: there is no group or host "wbe"', /"web"/],
	[{ limit: 'x*' }, '--limit x* matches no host', /--graph/],
	[{ limit: 'd1' }, '--limit d1 leaves no host in any play', /plan/],
];

for (const [selection, problem, hint] of badSelections) {
	test(`selection that means nothing: ${JSON.stringify(selection)}`, async (t) => {
		const { list, hints } = await problems(`- hosts: web\n  tasks:\n${all.replace(/^(?=.)/gm, '    ')}`, {
			selection,
		});
		t.deepEqual(list, [problem]);
		t.regex(hints.join(), hint);
	});
}

const hostRows: readonly (readonly [play: string, selection: Selection, batches: string])[] = [
	['hosts: web', {}, 'w3 w1 w2'],
	['hosts: web, order: sorted', {}, 'w1 w2 w3'],
	['hosts: web, order: reverse_inventory', {}, 'w2 w1 w3'],
	['hosts: web, order: reverse_sorted', {}, 'w3 w2 w1'],
	['hosts: "all:!w1"', {}, 'w3 w2 d1'],
	['hosts: all', { limit: 'web:&all' }, 'w3 w1 w2'],
	['hosts: all, serial: 3', {}, 'w3 w1 w2 | d1'],
	['hosts: all, serial: "30%"', {}, 'w3 | w1 | w2 | d1'],
	['hosts: all, serial: "50%"', {}, 'w3 w1 | w2 d1'],
	['hosts: all, serial: [1, 2]', {}, 'w3 | w1 w2 | d1'],
	['hosts: all, serial: [1, "100%"]', {}, 'w3 | w1 w2 d1'],
];

for (const [play, selection, batches] of hostRows) {
	test(`hosts: ${play} ${JSON.stringify(selection)}`, async (t) => {
		const { plan } = await load(`- {${play}}`, { selection });
		t.is(plan.plays[0]?.batches.map((batch) => batch.join(' ')).join(' | '), batches);
	});
}

test('hosts: shuffled by the numbers that are given, and none is lost', (t) => {
	const numbers = [0.9, 0.1, 0.5];
	t.deepEqual(
		ordered(['a', 'b', 'c'], 'shuffle', () => numbers.pop() ?? 0),
		['b', 'a', 'c'],
	);
	t.deepEqual(batchesOf([], [1]), []);
});

test('plays without hosts are skipped, with the reason', async (t) => {
	const { plan, warnings } = await load(
		'- hosts: db*x\n- hosts: web\n  tasks: [{command: a}]\n- {hosts: db, tasks: [{name: here, command: b}]}\n- hosts: web',
		{ selection: { startAtTask: 'here', limit: 'd1' } },
	);
	t.deepEqual(
		plan.plays.map(({ skippedBecause, hosts }) => skippedBecause ?? hosts.join()),
		[
			'no host matches "db*x"',
			'none of its hosts is within --limit',
			'd1',
			'none of its hosts is within --limit',
		],
	);
	t.deepEqual(warnings.map(told), ['warning 1:10 no host matches "db*x": play "db*x" is skipped']);
});

test('hosts that a play adds may be the next one’s', async (t) => {
	const { plan } = await load(
		'- hosts: db\n  tasks: [{add_host: {name: new1, groups: [later], new_port: 1}}]\n- hosts: later\n  serial: 1\n  tasks: [{command: "echo {{new_port}}"}]',
	);
	const [, later] = plan.plays;
	t.deepEqual(later?.hosts, []);
	const grown = withHost(plan.inventory, 'new1', ['later'], {});
	t.deepEqual(plan.replan(later?.play ?? t.fail() ?? (undefined as never), grown).batches, [['new1']]);
});

const task = (text: string, keys = ''): string =>
	`- hosts: web\n  vars: {mine: 1}\n${keys}  tasks:\n${text.replace(/^/gm, '    ')}\n`;

const names: readonly (readonly [
	title: string,
	files: string | Files,
	expected: readonly string[],
	hint?: RegExp,
])[] = [
	[
		'from everywhere',
		task(
			'- debug: {msg: "{{everywhere}} {{port}} {{mine}} {{facts.os.id}} {{inventory_hostname}} {{playbook_dir}}"}',
		),
		[],
	],
	['of one host is enough', task('- debug: {msg: "{{only_w1}}"}'), []],
	[
		'of another group is not',
		{ 'site.yml': task('- debug: {msg: "{{port}}"}').replace('web', 'db') },
		['4:23 "port" is not defined'],
	],
	['registered, also later', task('- {command: a, when: "r.rc == 0"}\n- {command: a, register: r}'), []],
	['set_fact', task('- set_fact: {x: 1}\n- debug: {msg: "{{x}}"}'), []],
	[
		'include_vars',
		{ 'site.yml': task('- include_vars: more.yml\n- debug: {msg: "{{x}} {{y}}"}'), 'more.yml': 'x: 1\n' },
		['5:29 "y" is not defined'],
	],
	[
		'include_vars by a fact',
		{
			'site.yml': task('- include_vars: os-{{facts.os.id}}.yml\n- debug: {msg: "{{x}} {{y}}"}'),
			'os-debian.yml': 'x: 1\n',
		},
		['5:29 "y" is not defined'],
	],
	['include_vars that cannot be known', task('- include_vars: "{{mine}}.yml"\n- debug: {msg: "{{y}}"}'), []],
	[
		'a name of Ansible behind it',
		task('- include_vars: "{{mine}}.yml"\n- debug: {msg: "{{ansible_facts.os_family}}"}'),
		['5:23 "ansible_facts" is not defined'],
		/facts\.os\.family/,
	],
	['a loop', task('- {debug: {msg: "{{item}} {{at}}"}, loop: [1], loop_control: {index_var: at}}'), []],
	[
		'the loop of an include',
		{
			'site.yml': task('- {include_tasks: more.yml, loop: [1], loop_control: {loop_var: one}}'),
			'more.yml': '- debug: {msg: "{{one}}"}\n- debug: {msg: "{{item}}"}\n',
		},
		['2:19 "item" is not defined'],
		/only in a loop/,
	],
	[
		'parameters of an include',
		{
			'site.yml': task('- {include_tasks: more.yml, vars: {x: 1}}'),
			'more.yml': '- debug: {msg: "{{x}}"}\n',
		},
		[],
	],
	['-e', task('- debug: {msg: "{{extra}}"}'), []],
	[
		'asked for in the same expression',
		task('- {command: a, when: "has(vars.x) && x > 1"}\n- debug: {msg: !cel "default(vars.y, 1)"}'),
		[],
	],
	['asked for by the condition of the task', task('- {debug: {msg: "{{x}}"}, when: has(vars.x)}'), []],
	[
		'asked for by another task',
		task('- {command: a, when: has(vars.x)}\n- debug: {msg: "{{x}}"}'),
		['5:23 "x" is not defined'],
	],
	[
		'bound in an expression',
		task('- debug: {msg: !cel "[1].map(n, n + mine + nine)"}'),
		['4:48 "nine" is not defined'],
		/"mine"/,
	],
	['in a list in a loop', task('- debug: {msg: x}\n  loop: [a, "{{b}}"]'), ['5:20 "b" is not defined']],
	[
		'in a delegation, a name and a notification',
		task('- {command: a, name: "{{a}}", delegate_to: "{{b}}"}'),
		['4:29 "a" is not defined', '4:51 "b" is not defined'],
	],
	['in an environment', task('- command: a', '  environment: {A: "{{b}}"}\n'), ['3:23 "b" is not defined']],
	['in an assertion', task('- assert: {that: [mine == 1, yours == 1]}'), ['4:34 "yours" is not defined']],
	[
		'in a value that is used',
		task('- debug: {msg: "{{a}}"}', '').replace('mine: 1', 'a: "{{b}}", b: "{{c}}", d: "{{e}}"'),
		['2:28 "c" is not defined, and "b" needs it'],
	],
	[
		'values that need each other',
		task('- debug: {msg: "{{a}}"}', '').replace('mine: 1', 'a: "{{b}}", b: "{{a}}"'),
		[],
	],
	[
		'in a partial',
		{
			'site.yml': task('- template: {src: a.conf, dest: /a}'),
			'a.conf': '{{mine}}\n{{> b.conf}}{{> none}}\n',
			'templates/b.conf': 'x {{your}}\n',
		},
		['1:1 there is no template "none" for the partial in ', '1:5 "your" is not defined'],
	],
	[
		'in templates of a loop',
		{
			'site.yml': task('- {template: {src: "{{item.src}}", dest: /a}, loop: [{src: a}, {src: b}]}'),
			a: '{{x}}',
		},
		['4:24 there is no file "b"', '1:3 "x" is not defined'],
	],
	[
		'of a role, used elsewhere',
		{
			'site.yml': '- hosts: web\n  roles: [r]\n  tasks: [{debug: {msg: "{{r_x}}"}}]\n',
			'roles/r/defaults/main.yml': 'r_x: 1\n',
			'roles/r/tasks/main.yml': '- debug: {msg: "{{r_x}} {{role_path}}"}\n',
		},
		['3:28 "r_x" is not defined'],
		/the role "r" defines it/,
	],
	[
		'of a role that the role needs',
		{
			'site.yml': '- hosts: web\n  roles: [r]\n',
			'roles/r/meta/main.yml': 'dependencies: [s]\n',
			'roles/r/tasks/main.yml': '- debug: {msg: "{{s_x}}"}\n',
			'roles/s/defaults/main.yml': 's_x: 1\n',
		},
		[],
	],
	[
		'Ansible’s own',
		task('- debug: {msg: "{{ansible_distribution}}"}'),
		['4:23 "ansible_distribution" is not defined'],
		/facts\.os\.id/,
	],
];

for (const [title, files, expected, hint] of names) {
	test(`names: ${title}`, async (t) => {
		const { list, hints } = await problems(files, { extraVars: { extra: 1 } });
		t.deepEqual(list.map((line) => line.replace(/(partial in ).*/, '$1')).sort(), [...expected].sort());
		t.regex(hints.join('\n'), hint ?? /^/);
	});
}

const handlers: readonly (readonly [title: string, text: string, expected: readonly string[]])[] = [
	['by name, by topic', '- {command: a, notify: [one, topic]}', []],
	['of a template', '- {command: a, notify: "o{{mine}}"}', []],
	['of no handler', '- {command: a, notify: "x{{mine}}"}', ['4:28 no handler is called "x{{mine}}"']],
	['of a list', '- command: a\n  notify:\n    - one\n    - thre', ['6:9 no handler is called "thre"']],
];

for (const [title, text, expected] of handlers) {
	test(`notifications: ${title}`, async (t) => {
		const { list } = await problems(
			`${task(text)}  handlers:\n    - {name: one, command: a}\n    - {name: two, listen: topic, command: a}\n`,
		);
		t.deepEqual(list, expected);
	});
}

const spec = `app_port: {type: int, required: true, description: Where it listens.}
app_mode: {choices: [fast, safe]}
app_users: {type: list, elements: dict, options: {name: {required: true}, uid: {type: int}}}
`;

const specs: readonly (readonly [
	title: string,
	vars: string,
	expected: readonly string[],
	extra?: Record<string, unknown>,
])[] = [
	['all is well', 'app_port: 1, app_mode: fast, app_users: [{name: a, uid: 1}]', []],
	['required', '', ['1:31 the role "app" needs "app_port"']],
	['required, given by -e', '', [], { app_port: 1 }],
	['a wrong type', 'app_port: x', ['1:53 "app_port" needs a whole number, not "x"']],
	['a wrong type by -e', 'app_port: 1', ['"app_mode" needs one of "fast", "safe", not 1'], { app_mode: 1 }],
	['an unknown name', 'app_port: 1, app_prot: 2', ['1:56 the role "app" has no variable "app_prot"']],
	[
		'an unknown name by -e',
		'app_port: 1',
		['the role "app" has no variable "app_x" (in -e)'],
		{ app_x: 1, app__own: 1, application: 1, app_db_x: 1 },
	],
	['a choice', 'app_port: 1, app_mode: slow', ['1:66 "app_mode" needs one of "fast", "safe", not "slow"']],
	[
		'keys of a list',
		'app_port: 1, app_users: [{nam: a}, {name: b, uid: c}]',
		[
			'1:69 "app_users.0" has no key "nam"',
			'1:68 "app_users.0" needs the key "name"',
			'1:93 "app_users.1.uid" needs a whole number, not "c"',
		],
	],
	['what is not known yet', 'app_port: "{{everywhere}}", app_mode: !cel "1", app_users: ["{{x}}"]', []],
];

for (const [title, vars, expected, extraVars = {}] of specs) {
	test(`argument specs: ${title}`, async (t) => {
		const files: Files = {
			'site.yml': `- {hosts: web, roles: [{role: app, vars: {${vars}}}]}\n`,
			'roles/app/meta/argument_spec.yml': spec,
			'roles/app/tasks/main.yml': '- command: a\n',
			'roles/app_db/tasks/main.yml': '',
		};
		t.deepEqual((await problems(files, { extraVars })).list, expected);
	});
}

test('argument specs: Ansible’s outer levels, and what is wrong in a spec', async (t) => {
	const files: Files = {
		'site.yml': '- {hosts: web, roles: [app]}\n',
		'roles/app/meta/argument_specs.yml':
			'argument_specs:\n  main:\n    options:\n      app_x: {type: strin, default: 1}\n      app_y: 1\n',
		'roles/app/tasks/main.yml': '- command: a\n',
		'roles/app/defaults/main.yml': 'app_z: 1\n',
	};
	t.deepEqual((await problems(files)).list, [
		'4:21 "type" needs one of text, number, integer, boolean, list, mapping, any, not "strin"',
		'4:28 "app_x" has the default 1 here and none in defaults/main.yml, which gives the value',
		'5:14 the spec of "app_y" is a mapping, not 1',
		'1:1 the role "app" has no variable "app_z"',
	]);
});

test('mistakes of the inventory are told with those of the playbook', async (t) => {
	const { list } = await problems({
		'hosts.yml': 'all: {hosts: {a: {ansible_host: !cel "1 +", y: "{{"}}, childen: {}}\n',
		'site.yml': '- {hosts: a, tasks: [{comand: a}]}\n',
	});
	t.true(list.some((line) => line.includes('unknown module "comand"')));
	t.true(list.some((line) => line.startsWith('1:')));
	t.is(list.length, 3, list.join('\n'));
});

test('lint: playbooks, roles and folders of both, with or without an inventory', async (t) => {
	const cwd = folderOf({
		'site.yml':
			'- hosts: unknown_group\n  tasks: [{debug: {msg: "{{unknown}}"}}]\n  handlers: [{name: lonely, command: a}]\n',
		'vars.yml': 'x: 1\n',
		'playbooks/more.yml': '- {hosts: web, roles: [r]}\n',
		'roles/r/tasks/main.yml': '- debug: {msg: "{{r_x}} {{r_y}} {{other}}"}\n',
		'roles/r/defaults/main.yml': 'r_x: 1\n',
	});
	const without = await lintPaths(['.'], { cwd, inventories: [] });
	t.deepEqual(
		without.looked.map((path) => relative(cwd, path)),
		['site.yml', 'playbooks/more.yml', 'roles/r'],
	);
	t.deepEqual(without.problems.map(told), [
		'warning 3:14 nobody notifies the handler "lonely"',
		'1:27 "r_y" is not defined',
	]);
	const within = await lintPaths(['site.yml'], { cwd, inventories: ['hosts.yml'] });
	t.deepEqual(within.problems.map(told), [
		'1:10 there is no group or host "unknown_group"',
		'2:28 "unknown" is not defined',
		'warning 3:14 nobody notifies the handler "lonely"',
	]);
	await t.throwsAsync(lintPaths(['sit.yml'], { cwd, inventories: [] }), { instanceOf: BadInput });
});

test('lint: a folder with a playbook that is no YAML, beside other files', async (t) => {
	const cwd = folderOf({
		'site.yml': '- hosts: all\n  tasks: [a\n',
		'stack.yml': 'a: !Ref b\n',
		'.ci.yml': 'a: [b\n',
	});
	const { problems } = await lintPaths(['.'], { cwd, inventories: [] });
	t.deepEqual(problems.map(told), [
		'3:1 not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
	]);
});

test('lint: handlers of a role of which a part is asked for are not its business', async (t) => {
	const cwd = folderOf({
		'part.yml': '- {hosts: all, tasks: [{import_role: {name: r, tasks_from: part}}]}\n',
		'whole.yml': '- {hosts: all, roles: [r]}\n',
		'roles/r/tasks/main.yml': '- debug: {msg: x}\n',
		'roles/r/tasks/part.yml': '- debug: {msg: x}\n',
		'roles/r/handlers/main.yml': '- {name: lonely, command: a}\n',
	});
	const said = async (file: string) => (await lintPaths([file], { cwd, inventories: [] })).problems.map(told);
	t.deepEqual(await said('part.yml'), []);
	t.deepEqual(await said('whole.yml'), ['warning 1:3 nobody notifies the handler "lonely"']);
});

test('a plan is printed: hosts, batches, tasks, handlers, what includes bring', async (t) => {
	const loaded = await load({
		'site.yml': `- name: Web
  hosts: web
  serial: 2
  become: true
  roles: [r]
  tasks:
    - name: Try
      block: [{command: a, name: one}]
      rescue: [{name: two, command: b, tags: x}]
    - include_tasks: more.yml
  handlers: [{name: restart, command: c}]
- hosts: none*
`,
		'more.yml': '- {name: inside, command: d, notify: restart}\n',
		'roles/r/tasks/main.yml': '- {name: in the role, command: a}\n',
	});
	t.is(
		printPlan(loaded, '/'),
		`Play 1: Web  [3 hosts, serial 2, become root]
  batch 1: w3, w1
  batch 2: w2
  tasks:
    r : in the role  (command)
    one  (command)
    rescue:
      two  (command)  [x]
    include_tasks more.yml
      inside  (command)
  handlers:
    restart  (command)

Play 2: none*  [0 hosts]
  skipped: no host matches "none*"
`,
	);
	t.regex(printTasks(loaded), /^Play 1: Web\n {2}tasks:\n {4}r : in the role/);
	t.is(
		printHosts(loaded),
		'Play 1: Web  pattern "web"\n  w3\n  w1\n  w2\n\nPlay 2: none*  pattern "none*"\n  skipped: no host matches "none*"\n',
	);
	t.is(printTags(loaded), 'Play 1: Web\n  x\n\nPlay 2: none*\n  no tags\n');
});

test('loading ends at a problem, and says it together with those before', async (t) => {
	const error = await t.throwsAsync(
		load('- hosts: all', { playbook: 'nope.yml', inventories: ['nowhere'] }),
		{
			instanceOf: BadInput,
		},
	);
	t.deepEqual(
		error?.diagnostics.map(({ summary }) => summary),
		['there is no inventory nowhere', 'there is no playbook "nope.yml"'],
	);
	t.is(new Diagnostics().errors.length, 0);
});
