import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Diagnostic, Diagnostics } from '../src/diagnostics.ts';
import { BadInput } from '../src/errors.ts';
import { loadIncluded } from '../src/playbook/include.ts';
import { type LoadOptions, loadPlaybook } from '../src/playbook/load.ts';
import { rolePlaybook, taskPlaybook } from '../src/playbook/role-play.ts';
import type { IncludeNode, Node, Play, Playbook, TaskNode } from '../src/playbook/types.ts';
import { CelExpression } from '../src/yaml/tags.ts';

type Files = Readonly<Record<string, string>>;

function folderOf(files: Files): string {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-playbook-'));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}

	return folder;
}

const told = (list: readonly Diagnostic[], folder = ''): readonly string[] => [
	...new Set(
		list.map(({ severity, summary, source }) =>
			`${severity === 'warning' ? 'warning ' : ''}${source?.line}:${source?.column} ${summary}`.replaceAll(
				`${folder}/`,
				'',
			),
		),
	),
];

async function load(files: string | Files, options: Partial<LoadOptions> = {}) {
	const folder = folderOf(typeof files === 'string' ? { 'site.yml': files } : files);
	const problems = new Diagnostics();
	const playbook = await loadPlaybook('site.yml', { cwd: folder, problems, ...options });
	return {
		folder,
		playbook,
		problems: told(problems.list, folder),
		hints: problems.list.map(({ hint }) => hint),
	};
}

const tasksIn = (nodes: readonly Node[]): readonly TaskNode[] =>
	nodes.flatMap((node) =>
		node.kind === 'task'
			? [node]
			: node.kind === 'block'
				? tasksIn([...node.body, ...node.rescue, ...node.always])
				: [],
	);
const tasksOf = ({ sections }: Play): readonly TaskNode[] => tasksIn(sections.flatMap(({ nodes }) => nodes));
const allTasks = ({ plays }: Playbook): readonly TaskNode[] => plays.flatMap(tasksOf);

/** The first task of a playbook that has no problem. */
async function task(
	t: ExecutionContext,
	files: string | Files,
	options?: Partial<LoadOptions>,
): Promise<TaskNode> {
	const { playbook, problems } = await load(files, options);
	t.deepEqual(problems, []);
	const [first] = allTasks(playbook);
	return first ?? t.fail('there is no task') ?? (undefined as never);
}

const play = (tasks: string, keys = ''): string =>
	`- hosts: all\n${keys}${keys === '' ? '' : '\n'}  tasks:\n${tasks.replace(/^/gm, '    ')}`;

const keywords: readonly {
	readonly title: string;
	readonly yaml: string;
	readonly expected: Partial<Record<keyof TaskNode, unknown>>;
}[] = [
	{
		title: 'a task alone has nothing',
		yaml: play('- command: uptime'),
		expected: {
			name: 'command',
			module: 'command',
			args: { cmd: 'uptime' },
			become: undefined,
			tags: [],
			loop: undefined,
		},
	},
	{
		title: 'the nearest value wins',
		yaml: play(
			'- become: false\n  block:\n    - {command: uptime, become_user: g2p}',
			'  become: true\n  become_user: root',
		),
		expected: { become: false, becomeUser: 'g2p' },
	},
	{
		title: 'hosts may be a list',
		yaml: '- hosts: [a, "!b"]\n  tasks: [{command: uptime}]',
		expected: { module: 'command' },
	},
	{
		title: 'tags are united',
		yaml: play('- tags: [a, b]\n  block:\n    - {command: uptime, tags: "b, c"}', '  tags: site'),
		expected: { tags: ['site', 'a', 'b', 'c'] },
	},
	{
		title: 'what is never run is not woken by the tags around it',
		yaml: play('- {command: uptime, tags: [never, debug]}', '  tags: site'),
		expected: { tags: ['never', 'debug'] },
	},
	{
		title: 'a name of a collection is left out',
		yaml: play('- ansible.builtin.command: uptime'),
		expected: { module: 'command' },
	},
	{
		title: 'args stand beside a text',
		yaml: play('- shell: ls\n  args: {chdir: /tmp}'),
		expected: { args: { chdir: '/tmp', cmd: 'ls' } },
	},
	{
		title: 'creates is a keyword, also among the arguments',
		yaml: play('- command: {cmd: make, creates: /srv/made}'),
		expected: {
			args: { cmd: 'make' },
			guards: { creates: '/srv/made', removes: undefined, unless: undefined, onlyIf: undefined },
		},
	},
	{
		title: 'module_defaults lie below the arguments',
		yaml: play('- file: {path: /a, mode: "0600"}', '  module_defaults: {file: {owner: g2p, mode: "0644"}}'),
		expected: { args: { owner: 'g2p', path: '/a', mode: '0600' } },
	},
	{
		title: 'a template is no wrong type',
		yaml: play('- group: {name: g2p, gid: "{{gid}}", state: !cel "wanted"}'),
		expected: { module: 'group' },
	},
	{
		title: 'a keyword may be a template or an expression',
		yaml: play('- {command: uptime, become: "{{wanted}}", ignore_errors: !cel "1 == 1"}'),
		expected: { become: '{{wanted}}' },
	},
	{
		title: 'a loop with its control',
		yaml: play(
			'- command: echo {{one}}\n  loop: [1, 2]\n  loop_control: {loop_var: one, index_var: at, label: "{{one}}"}',
		),
		expected: {
			loop: [1, 2],
			loopControl: { loopVar: 'one', indexVar: 'at', label: '{{one}}', pause: undefined },
		},
	},
	{
		title: 'retries, delays, notifications',
		yaml: play(
			'- {command: uptime, register: r, until: r.rc == 0, retries: 3, delay: "5", notify: [a, b], listen: c}',
		),
		expected: { register: 'r', retries: 3, delay: 5, notify: ['a', 'b'], listen: ['c'] },
	},
];

for (const { title, yaml, expected } of keywords) {
	test(`keywords: ${title}`, async (t) => {
		t.like(await task(t, yaml), expected);
	});
}

test('conditions are joined from the outside in', async (t) => {
	const { when } = await task(
		t,
		play(
			'- when: a\n  block:\n    - when: [b, true]\n      block:\n        - {command: uptime, when: !cel "c"}',
		),
	);
	t.deepEqual(
		when.map(({ text }) => text),
		['a', 'b', true, 'c'],
	);
	t.deepEqual(
		when.map(({ source }) => source?.line),
		[3, 5, 5, 7],
	);
});

test('environment and layers add up, innermost last', async (t) => {
	const { environment, layers } = await task(
		t,
		play(
			'- vars: {x: 1}\n  environment: {A: "2"}\n  block:\n    - {command: env, vars: {x: 2}, environment: {A: "3"}}',
			'  environment: {A: "1"}',
		),
	);
	t.deepEqual(environment, [{ A: '1' }, { A: '2' }, { A: '3' }]);
	t.deepEqual(
		layers.map(({ kind, values }) => [kind, values.x]),
		[
			['block vars', 1],
			['task vars', 2],
		],
	);
});

test('blocks keep what is done when one of their tasks fails', async (t) => {
	const { playbook } = await load(
		play(
			'- name: b\n  block: [{command: a}]\n  rescue: [{command: b}]\n  always: [{command: c}, {command: d}]',
		),
	);
	const [block] = playbook.plays[0]?.sections[1]?.nodes ?? [];
	t.like(block, { kind: 'block', name: 'b' });
	t.deepEqual(
		block?.kind === 'block' && [block.body.length, block.rescue.length, block.always.length],
		[1, 1, 2],
	);
});

const role: Files = {
	'site.yml': `- hosts: all
  pre_tasks: [{command: first}]
  roles:
    - {role: app, vars: {app_port: 1}, tags: t, when: w, become: true}
    - role: app
      vars: {app_port: 2}
    - db
  tasks: [{command: last}]
  handlers: [{name: own, command: own}]
`,
	'roles/app/tasks/main.yml': '- {name: app, command: app, notify: restart}\n- import_tasks: more.yml\n',
	'roles/app/tasks/more.yml': '- {name: more, command: more}\n',
	'roles/app/defaults/main.yml': 'app_port: 0\n',
	'roles/app/vars/main.yml': 'app_name: x\n',
	'roles/app/handlers/main.yml': '- {name: restart, command: restart}\n',
	'roles/app/meta/main.yml': 'hosts: apps\ndependencies: [{role: db, vars: {db_x: 1}}]\n',
	'roles/db/tasks/main.yml': '- {name: db, command: db}\n',
	'roles/db/defaults/main.yml': 'db_x: 0\n',
};

test('roles: dependencies first, once per play, before its tasks', async (t) => {
	const { playbook, problems } = await load(role);
	const [only] = playbook.plays;
	t.deepEqual(problems, []);
	t.deepEqual(
		tasksOf(only ?? t.fail() ?? (undefined as never)).map(({ name, args }) =>
			name === 'command' ? args.cmd : name,
		),
		// The second use stands under another condition, so that the role it needs is not left out with the first.
		['first', 'db', 'app', 'more', 'db', 'app', 'more', 'db', 'last'],
	);
	t.deepEqual(
		only?.handlers.map(({ name }) => name),
		['restart', 'restart', 'own'],
	);
});

test('roles: what stands beside a role holds for its tasks, and its handlers know no condition', async (t) => {
	const { playbook } = await load(role);
	const [app] = allTasks(playbook).filter(({ name }) => name === 'app');
	t.like(app, { tags: ['t'], become: true, role: { name: 'app' } });
	t.deepEqual(
		app?.when.map(({ text }) => text),
		['w'],
	);
	t.deepEqual(
		app?.layers.map(({ kind, values }) => [kind, Object.keys(values).join()]),
		[
			['parameters', 'app_port'],
			['role defaults', 'db_x'],
			['role defaults', 'app_port'],
			['role vars', 'app_name'],
		],
	);
	t.deepEqual(playbook.plays[0]?.handlers[0]?.when, []);
	t.deepEqual(
		playbook.plays[0]?.sections[1]?.nodes.at(-1)?.kind === 'task' &&
			tasksIn(playbook.plays[0].sections[1].nodes).at(-1)?.layers,
		[],
	);
});

test('roles: variables in a folder, by the names of its files, which later ones beat', async (t) => {
	const { playbook, problems } = await load({
		'site.yml': '- hosts: all\n  roles: [app]\n',
		'roles/app/tasks/main.yml': '- command: app\n',
		'roles/app/defaults/main/20-more.yaml': 'app_port: 2\n',
		'roles/app/defaults/main/10-first.yml': 'app_port: 1\napp_name: first\n',
		'roles/app/defaults/main/below/30.json': '{"app_size": 3}\n',
		'roles/app/defaults/main/.hidden.yml': 'app_port: 4\n',
		'roles/app/defaults/main/notes.txt': 'none of ours\n',
		'roles/app/defaults/main.yml': 'app_port: 5\n',
		'roles/app/vars/main/only.yml': 'app_kind: x\n',
	});
	t.deepEqual(problems, []);
	t.deepEqual(
		allTasks(playbook)[0]?.layers.map(({ kind, values }) => [kind, values]),
		[
			['role defaults', { app_port: 1, app_name: 'first' }],
			['role defaults', { app_port: 2 }],
			['role defaults', { app_size: 3 }],
			['role vars', { app_kind: 'x' }],
		],
	);
});

test('ids are places, numbered when a place is used again', async (t) => {
	const { playbook } = await load(role);
	t.deepEqual(
		allTasks(playbook).map(({ id }) => id),
		[
			'site.yml:2',
			'roles/db/tasks/main.yml:1',
			'roles/app/tasks/main.yml:1',
			'roles/app/tasks/more.yml:1',
			'roles/db/tasks/main.yml:1#2',
			'roles/app/tasks/main.yml:1#2',
			'roles/app/tasks/more.yml:1#2',
			'roles/db/tasks/main.yml:1#3',
			'site.yml:8',
		],
	);
});

const imports: readonly {
	readonly title: string;
	readonly files: Files;
	readonly expected: readonly string[];
}[] = [
	{
		title: 'import_tasks in place of the file, with its keywords',
		files: {
			'site.yml': play(
				'- {import_tasks: tasks/a.yml, tags: t, vars: {x: 1}, when: w}\n- {name: z, command: z}',
			),
			'tasks/a.yml': '- {name: a, command: a}\n- import_tasks: b.yml\n',
			'tasks/b.yml': '- {name: b, command: b}\n',
		},
		expected: ['a [t] w {"x":1}', 'b [t] w {"x":1}', 'z []  '],
	},
	{
		title: 'names at load may hold -e and the vars of the play',
		files: {
			'site.yml': play('- import_tasks: "{{which}}-{{env}}.yml"', '  vars: {which: a}'),
			'a-prod.yml': '- {name: a, command: a}\n',
		},
		expected: ['a []  '],
	},
	{
		title: 'import_role, with a file of its tasks',
		files: {
			'site.yml': play('- {import_role: {name: r, tasks_from: other}, vars: {r_x: 1}}'),
			'roles/r/tasks/other.yml': '- {name: other, command: a}\n',
			'roles/r/tasks/main.yml': '- {name: main, command: a}\n',
		},
		expected: ['other []  {"r_x":1}'],
	},
	{
		title: 'import_playbook: plays in place of it, their files beside them',
		files: {
			'site.yml': '- {import_playbook: sub/more.yml, tags: t, when: w, vars: {x: 1}}\n- hosts: b\n',
			'sub/more.yml': '- hosts: a\n  roles: [r]\n  tasks: [{import_tasks: t.yml}]\n',
			'sub/t.yml': '- {name: t, command: t}\n',
			'sub/roles/r/tasks/main.yml': '- {name: r, command: r}\n',
		},
		expected: ['r [t] w ', 't [t] w '],
	},
];

for (const { title, files, expected } of imports) {
	test(`imports: ${title}`, async (t) => {
		const { playbook, problems } = await load(files, { extraVars: { env: 'prod' } });
		t.deepEqual(problems, []);
		t.deepEqual(
			allTasks(playbook).map(({ name, tags, when, layers }) => {
				const parameters = layers.find(({ kind }) => kind === 'parameters')?.values;
				return `${name} [${tags}] ${when.map(({ text }) => text)} ${parameters ? JSON.stringify(parameters) : ''}`;
			}),
			expected,
		);
	});
}

test('imports: plays are counted, and vars of the import are the play’s', async (t) => {
	const { playbook } = await load(imports[3]?.files ?? {});
	t.deepEqual(
		playbook.plays.map(({ index, hosts, layers }) => [index, hosts, layers.map(({ kind }) => kind)]),
		[
			[0, 'a', ['play vars']],
			[1, 'b', []],
		],
	);
});

const firstInclude = ({ plays }: Playbook): IncludeNode => {
	const node = plays[0]?.sections[1]?.nodes.find(({ kind }) => kind === 'include');
	if (node?.kind !== 'include') {
		throw new Error('there is no include');
	}

	return node;
};

test('includes are resolved when reached, and inherit everything', async (t) => {
	const { playbook, problems } = await load({
		'site.yml': play(
			'- include_tasks: "{{which}}.yml"\n  loop: [a, b]\n  loop_control: {loop_var: which}\n  vars: {x: 1}\n  tags: t\n  when: w',
			'  become: true\n  module_defaults: {file: {owner: g2p}}',
		),
		'a.yml': '- {name: one, file: {path: /a}}\n- include_tasks: b.yml\n',
		'b.yml': '- {name: two, command: b}\n',
	});
	t.deepEqual(problems, []);
	const node = firstInclude(playbook);
	t.like(node, { target: '{{which}}.yml', loop: ['a', 'b'], tags: ['t'] });
	const included = await loadIncluded(node, 'a.yml', playbook);
	const [one, nested] = included.nodes;
	t.like(one, { id: 'site.yml:5/a.yml:1', become: true, tags: ['t'], args: { owner: 'g2p', path: '/a' } });
	t.is(await loadIncluded(node, 'a.yml', playbook), included, 'the same nodes for every host');
	t.is(nested?.kind, 'include');
	// The engine copies nodes for the items of a loop.
	const copy = { ...(nested as IncludeNode), id: 'copy' };
	t.is((await loadIncluded(copy, 'b.yml', playbook)).nodes[0]?.id, 'copy/b.yml:1');
});

test('include_role brings the role’s handlers, values and dependencies', async (t) => {
	const { playbook } = await load({ ...role, 'site.yml': play('- include_role: {name: "{{which}}"}') });
	const { nodes, handlers } = await loadIncluded(firstInclude(playbook), 'app', playbook);
	t.deepEqual(
		tasksIn(nodes).map(({ name }) => name),
		['db', 'app', 'more'],
	);
	t.deepEqual(
		handlers.map(({ name }) => name),
		['restart'],
	);
});

test('an included file that cannot be used says where', async (t) => {
	const { playbook } = await load({
		'site.yml': play('- include_tasks: "{{x}}.yml"'),
		'a.yml': '- cpoy: {}\n- 1\n',
	});
	const error = await t.throwsAsync(loadIncluded(firstInclude(playbook), 'a.yml', playbook), {
		instanceOf: BadInput,
	});
	t.deepEqual(told(error?.diagnostics ?? []), [
		'1:3 unknown module "cpoy"',
		'2:3 a task is a mapping, not 1',
	]);
	await t.throwsAsync(loadIncluded(firstInclude(playbook), 'none.yml', playbook), {
		message: 'there is no file of tasks "none.yml"',
	});
});

test('a playbook in memory: one role on its hosts, one task', async (t) => {
	const problems = new Diagnostics();
	const cwd = folderOf(role);
	const playbook = await rolePlaybook('app', {}, { cwd, problems });
	t.like(playbook.plays[0], { hosts: 'apps', name: 'Role app' });
	t.is((await rolePlaybook('app', { hosts: 'x' }, { cwd, problems })).plays[0]?.hosts, 'x');
	await t.throwsAsync(rolePlaybook('db', {}, { cwd, problems }), { message: /does not say which hosts/ });
	const single = await taskPlaybook('web', 'command', 'uptime', { become: true }, { cwd, problems });
	t.like(tasksOf(single.plays[0] ?? t.fail() ?? (undefined as never))[0], {
		module: 'command',
		args: { cmd: 'uptime' },
		become: true,
	});
	t.false(single.plays[0]?.gatherFacts);
	t.deepEqual(told(problems.list), []);
	await t.throwsAsync(rolePlaybook('nope', {}, { cwd, problems: new Diagnostics() }), {
		instanceOf: BadInput,
	});
});

test('vars_files: read at load, encrypted ones decrypted, templated names later', async (t) => {
	const { playbook, problems } = await load(
		{
			'site.yml': `- hosts: all\n  vars_files: [a.yml, [none.yml, b.yml], "{{os}}.yml", s.age.yml]\n`,
			'a.yml': 'x: 1\n',
			'b.yml': 'y: 2\n',
			's.age.yml': 'nothing to read\n',
		},
		{ decrypt: async () => 'z: hidden\n' },
	);
	t.deepEqual(problems, []);
	const [only] = playbook.plays;
	t.deepEqual(
		only?.layers.map(({ kind, values }) => [kind, Object.keys(values).join()]),
		[
			['vars_files', 'x'],
			['vars_files', 'y'],
			['vars_files', 'z'],
		],
	);
	t.is(String(only?.layers[2]?.values.z), '••••••');
	t.regex(only?.varsFiles[0]?.path ?? '', /\/\{\{os\}\}\.yml$/);
});

test('an expression for a whole text, and the places of merged arguments', async (t) => {
	const { args } = await task(t, play("- command: !cel \"'up' + 'time'\""));
	t.true(args.cmd instanceof CelExpression);
});

const mistakes: readonly {
	readonly yaml: string;
	readonly expected: readonly string[];
	readonly hint?: RegExp;
}[] = [
	{ yaml: '', expected: ['1:1 a playbook is a list of plays, and this one is empty'] },
	{ yaml: '[]', expected: ['1:1 a playbook is a list of plays, and this one is empty'] },
	{ yaml: 'text', expected: ['1:1 a playbook is a list of plays, and this one holds "text"'] },
	{
		yaml: 'hosts: all',
		expected: ['1:1 a playbook is a list of plays, and this one holds a mapping'],
		hint: /"- "/,
	},
	{
		yaml: '- 1\n- null\n- [a]',
		expected: [
			'1:3 a play is a mapping, not 1',
			'2:3 a play is a mapping, not nothing',
			'3:3 a play is a mapping, not a list',
		],
	},
	{
		yaml: '- hosts: all\n  tasks: [a: [',
		expected: [
			'2:15 not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
		],
	},
	{ yaml: '- hosts: null', expected: ['1:10 "hosts" needs a text or a list of texts, not nothing'] },
	{ yaml: '- hosts: []', expected: ['1:10 "hosts" needs a pattern of hosts, not a list'] },
	{ yaml: '- hosts: {a: b}', expected: ['1:10 "hosts" needs a text or a list of texts, not a mapping'] },
	{
		yaml: '- hosts: "{{web}}"',
		expected: ['1:10 "{{web}}" is needed before any host is known: "web" is not defined'],
		hint: /only -e/,
	},
	{
		yaml: '- {hosts: a, strategy: fre}',
		expected: ['1:24 "strategy" needs one of linear, by_group, free, not "fre"'],
		hint: /"free"/,
	},
	{
		yaml: '- {hosts: a, gather_facts: no}',
		expected: ['1:28 "gather_facts" needs true or false, not "no"'],
		hint: /write false/,
	},
	{
		yaml: '- {hosts: a, serial: [1, "30%", 0, x]}',
		expected: [
			'1:33 "serial" needs a number of hosts above 0, a percentage such as "30%", or a list of them',
			'1:36 "serial" needs a number of hosts above 0, a percentage such as "30%", or a list of them',
		],
	},
	{
		yaml: '- {hosts: a, when: true}',
		expected: ['1:14 "when" cannot stand on a play'],
		hint: /tasks, blocks or roles/,
	},
	{ yaml: '- {hosts: a, vars: [1]}', expected: ['1:20 "vars" needs a mapping, not a list'] },
	{
		yaml: '- {hosts: a, vars_files: [1, none.yml]}',
		expected: ['1:27 "vars_files" needs the names of files, not 1', '1:30 there is no vars file "none.yml"'],
	},
	{
		yaml: '- {hosts: a, roles: [null, {}, 1, {role: x y}]}',
		expected: [
			'1:22 an entry of "roles" needs the name of a role',
			'1:28 an entry of "roles" needs the name of a role',
			'1:32 an entry of "roles" needs the name of a role',
			'1:42 there is no role "x y"',
		],
	},
	{
		yaml: '- import_playbook:',
		expected: ['1:19 "import_playbook" needs a text, not nothing'],
	},
	{ yaml: '- import_playbook: site.yml', expected: ['1:20 "site.yml" imports itself'] },
	{
		yaml: play('-\n- []\n- {}\n- name:'),
		expected: [
			'3:6 a task is a mapping, not nothing',
			'4:7 a task is a mapping, not a list',
			'5:7 this task has no module',
			'6:7 this task has no module',
		],
	},
	{ yaml: play('- command:'), expected: ['3:7 module "command": write either `cmd` or `argv`'] },
	{ yaml: play('- command: [a]'), expected: ['3:16 the arguments of "command" are a mapping, not a list'] },
	{
		yaml: play('- copy: src=a dest=/b'),
		expected: ['3:13 the arguments of "copy" are a mapping, not "src=a dest=/b"'],
		hint: /write copy: \{src: a, dest: \/b\}/,
	},
	{
		yaml: play('- debug: msg=hi'),
		expected: ['3:14 "debug" would be given this as one text'],
		hint: /write debug: \{msg: hi\}/,
	},
	{
		yaml: play('- command: touch /a creates=/a'),
		expected: ['3:16 "creates=" would be part of the text that "command" is given'],
		hint: /beside the module/,
	},
	{
		yaml: play('- {file: {path: /a}, unless: test}'),
		expected: ['3:26 "unless" is for verbs such as command, and "file" is a noun'],
	},
	{
		yaml: play('- {rescue: [{command: a}]}'),
		expected: ['3:7 this task has no module'],
		hint: /need a "block"/,
	},
	{
		yaml: play('- {command: a, rescue: [], module_defaults: {}}'),
		expected: ['3:20 "rescue" cannot stand on a task', '3:32 "module_defaults" cannot stand on a task'],
		hint: /below "block:"/,
	},
	{
		yaml: play('- {block: [{command: a}], loop: [1]}'),
		expected: ['3:31 "loop" cannot stand on a block'],
		hint: /include_tasks/,
	},
	{
		yaml: play('- {import_tasks: a.yml, loop: [1]}'),
		expected: ['3:29 "loop" cannot stand on import_tasks', '3:22 there is no file of tasks "a.yml"'],
		hint: /include_tasks/,
	},
	{
		yaml: play('- include_role: base'),
		expected: ['3:21 "include_role" needs the name of a role, not "base"'],
		hint: /\{name: base\}/,
	},
	{
		yaml: play('- include_tasks: {file: a.yml, apply: {tags: x}}'),
		expected: ['3:36 "apply" cannot stand on include_tasks'],
	},
	{ yaml: play('- include: a.yml'), expected: ['3:7 unknown module "include"'], hint: /include_tasks/ },
	{
		yaml: play('- {action: command ls}'),
		expected: ['3:8 unknown module "action"'],
		hint: /a key of its own/,
	},
	{
		yaml: play('- {command: a, with_dict: x, async: 5}'),
		expected: ['3:20 unknown keyword "with_dict"', '3:34 unknown keyword "async"'],
	},
	{
		yaml: play('- {command: a, register: a-b}'),
		expected: ['3:30 "a-b" cannot be the name of a variable'],
		hint: /a_b/,
	},
	{
		yaml: play('- {command: a, when: }'),
		expected: ['3:26 "when" needs a condition, such as "ready && size(items) > 0"'],
	},
	{
		yaml: play('- {command: a, when: "{{ x }}"}'),
		expected: ['3:27 a condition is an expression already: it takes no {{ }}'],
		hint: /write truthy\(x\)$/,
	},
	{
		yaml: play("- {command: a, when: x.stdout == 'a and b' or y is not defined}"),
		expected: ['3:48 unexpected "or"'],
		hint: /write x.stdout == 'a and b' \|\| !has\(vars.y\)/,
	},
	{ yaml: play('- {command: a, tags: "{{x}}"}'), expected: ['3:26 "tags" needs plain names, not "{{x}}"'] },
	{
		yaml: play('- {command: a, environment: x}'),
		expected: ['3:33 "environment" needs a mapping of names to values, not "x"'],
	},
	{
		yaml: play('- {command: a, loop_control: {loop_vra: x}}'),
		expected: ['3:35 loop_control has no keyword "loop_vra"', '3:20 "loop_control" needs a "loop"'],
		hint: /loop_var/,
	},
	{
		yaml: play('- {command: a, retries: 2}'),
		expected: ['warning 3:20 "retries" does nothing without "until"'],
	},
	{
		yaml: play('- {file: {path: /a, mode: 0o755}}'),
		expected: ['3:31 mode: 0o755 is the number 493 to YAML, not the permissions 0o755'],
		hint: /"0755"/,
	},
	{
		yaml: play('- assert: {that: [a and b, "{{c}}"]}'),
		expected: ['3:25 unexpected "and"', '3:33 a condition is an expression already: it takes no {{ }}'],
		hint: /truthy\(a\) && truthy\(b\)/,
	},
	{
		yaml: play('- command: echo {{ a.b | default(1) }}'),
		expected: ['3:21 "a.b | default(1)" is not a name'],
		hint: /default\(vars\.a\.b, 1\)/,
	},
	{
		yaml: play('- debug: {msg: "{% for a in b %}x{% endfor %}"}'),
		expected: ['3:21 "{% for a in b %}" is Jinja, and templates are Mustache'],
		hint: /join\(b\.map\(a, /,
	},
	{
		yaml: play('- command: a', '  module_defaults: {cpoy: {}, file: 1, group/x: {}}'),
		expected: [
			'2:21 unknown module "cpoy"',
			'2:37 the defaults of "file" are a mapping, not 1',
			'2:40 unknown module "group/x"',
		],
	},
];

for (const { yaml, expected, hint } of mistakes) {
	test(`mistakes: ${JSON.stringify(yaml).slice(0, 100)}`, async (t) => {
		const { problems, hints } = await load(yaml);
		t.deepEqual(problems, expected);
		t.regex(hints.join('\n'), hint ?? /^/);
	});
}

test('mistakes: roles that need each other', async (t) => {
	const { problems } = await load({
		'site.yml': '- {hosts: all, roles: [a]}\n',
		'roles/a/meta/main.yml': 'dependencies: [b]\n',
		'roles/b/meta/main.yml': 'dependencies: [a]\ncolour: red\n',
		'roles/b/tasks/main.yml': 'a: b\n',
		'roles/b/defaults/main.yml': '- 1\n',
	});
	t.deepEqual(problems, [
		'warning 2:1 role metadata has no key "colour"',
		'1:1 a file of role defaults holds a mapping, not a list',
		'1:16 the role "a" needs itself',
		'1:1 a file of tasks holds a list, not a mapping',
	]);
});

test('mistakes: whatever YAML holds, the answer is a problem and no exception', async (t) => {
	const values = [
		'null',
		'1',
		'true',
		'a',
		'[]',
		'{}',
		'[null]',
		'[[]]',
		'{a: null}',
		'!cel "a"',
		'!secret a',
		'"{{a"',
	];
	const shapes = [
		(value: string) => `- hosts: all\n  vars: ${value}\n`,
		...[
			'hosts',
			'roles',
			'tasks',
			'handlers',
			'vars_files',
			'serial',
			'order',
			'tags',
			'environment',
			'module_defaults',
			'max_fail_percentage',
			'name',
			'become',
		].map((key) => (value: string) => `- ${key === 'hosts' ? '' : 'hosts: all\n  '}${key}: ${value}\n`),
		...['command', 'file', 'block', 'import_tasks', 'include_role', 'import_role', 'set_fact', 'assert'].map(
			(key) => (value: string) => play(`- ${key}: ${value}`),
		),
		...[
			'name',
			'when',
			'loop',
			'loop_control',
			'args',
			'vars',
			'notify',
			'register',
			'until',
			'retries',
			'timeout',
			'tags',
			'become',
			'creates',
			'environment',
			'delegate_to',
		].map((key) => (value: string) => play(`- command: uptime\n  ${key}: ${value}`)),
	];
	for (const shape of shapes) {
		for (const value of values) {
			await t.notThrowsAsync(load(shape(value)), shape(value));
		}
	}
});

test('a playbook is searched for, and the nearest name suggested', async (t) => {
	const cwd = folderOf({ 'playbooks/site.yml': '- hosts: all\n' });
	const problems = new Diagnostics();
	t.is((await loadPlaybook('site', { cwd, problems })).file, join(cwd, 'playbooks/site.yml'));
	const error = await t.throwsAsync(loadPlaybook('sites.yml', { cwd, problems }), { instanceOf: BadInput });
	t.is(error?.hint, 'did you mean "site.yml"?');
});
