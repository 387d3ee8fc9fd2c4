import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { CommanderError } from 'commander';
import { execa } from 'execa';
import { completionScript } from '../src/cli/completion-script.ts';
import { docIndex, docPage } from '../src/cli/doc-page.ts';
import { givenValues } from '../src/cli/extra-vars.ts';
import { moduleArguments, moduleNamed } from '../src/cli/module-arguments.ts';
import { makeProgram } from '../src/cli/program.ts';
import { writeProject } from '../src/cli/project.ts';
import { parseReport } from '../src/cli/reports.ts';
import { BadInput } from '../src/errors.ts';
import { loadAll } from '../src/plan/load.ts';

const root = join(import.meta.dirname, '..');

/** The real program, in an empty folder. */
async function g2pbook(
	args: readonly string[],
	cwd = mkdtempSync(join(tmpdir(), 'g2pbook-cli-')),
	env: Readonly<Record<string, string>> = {},
) {
	const { exitCode, stdout, stderr } = await execa(
		process.execPath,
		['--import', import.meta.resolve('tsx'), join(root, 'src/main.ts'), ...args],
		{ cwd, reject: false, stdin: 'ignore', env: { NO_COLOR: '1', FORCE_COLOR: undefined, ...env } },
	);
	return { exitCode, stdout, stderr, cwd };
}

test('the program itself: exit codes and streams', async (t) => {
	t.timeout(120_000);
	const [version, typo, problem] = await Promise.all([
		g2pbook(['--version']),
		g2pbook(['rnu']),
		g2pbook(['run', 'prod-minimum.yml']),
	]);
	t.like(version, { exitCode: 0, stderr: '' });
	t.regex(version.stdout, /^\d+\.\d+\.\d+$/);
	t.like(typo, { exitCode: 5, stdout: '' });
	t.is(typo.stderr, "error: unknown command 'rnu'\n(Did you mean run?)\nHelp: g2pbook --help");
	t.like(problem, { exitCode: 5, stdout: '' });
	t.regex(problem.stderr, /There is no inventory without -i[\s\S]*1 problem; nothing was touched$/);
});

/** What the program says and how it ends, without a process. */
async function say(args: readonly string[]): Promise<{ readonly text: string; readonly code: number }> {
	let text = '';
	const write = (part: string) => {
		text += part;
	};
	try {
		await makeProgram({ writeOut: write, writeErr: write }).parseAsync(args, { from: 'user' });
		return { text, code: 0 };
	} catch (error) {
		if (error instanceof BadInput) {
			const lines = error.diagnostics.map(({ summary, hint }) => `${summary}\n${hint}`);
			return { text: lines.join('\n'), code: error.exitCode };
		}

		// Commander's own codes are 0 for what was asked for; main.ts makes 5 of the rest.
		return { text, code: error instanceof CommanderError && error.exitCode === 0 ? 0 : 5 };
	}
}

const calls: readonly { readonly args: readonly string[]; readonly code: number; readonly text: RegExp }[] = [
	{ args: [], code: 5, text: /^Usage: g2pbook/ },
	{
		args: ['--help'],
		code: 0,
		text: /^Usage: g2pbook[\s\S]*Do:[\s\S]*run[\s\S]*Examples:[\s\S]*Exit codes: 0 ok/,
	},
	{ args: ['run', '--help'], code: 0, text: /--check[\s\S]*Examples:\n {2}\$ g2pbook run/ },
	{ args: ['help', 'ping'], code: 0, text: /^Usage: g2pbook ping/ },
	{ args: ['chekc'], code: 5, text: /unknown command 'chekc'\n\(Did you mean check\?\)/ },
	{
		args: ['run', 'x.yml', '--chek'],
		code: 5,
		text: /unknown option '--chek'\n\(Did you mean --check\?\)\nHelp: g2pbook run --help/,
	},
	{ args: ['run', 'x.yml', '-f', 'many'], code: 5, text: /Give a whole number above 0/ },
	{ args: ['run'], code: 5, text: /missing required argument 'playbook'/ },
	{ args: ['bundle'], code: 5, text: /missing required argument 'folder'/ },
	{
		args: ['bundle', 'x', '--machine', 'x86_64'],
		code: 5,
		text: /Give amd64 or arm64\.\nHelp: g2pbook bundle/,
	},
	{ args: ['bundle', 'x', '-i', 'absent.yml'], code: 5, text: /absent\.yml/ },
	{ args: ['completion', 'tcsh'], code: 5, text: /Allowed choices are bash, zsh, fish/ },
	{ args: ['doc', 'copi'], code: 5, text: /no module and no role "copi"\ndid you mean "copy"\?/ },
	{ args: ['doc', 'nope'], code: 5, text: /no role "nope"\n"g2pbook doc" lists them all$/ },
	{ args: ['doc', 'postgresql_db'], code: 5, text: /called postgres_database here/ },
	{ args: ['doc', 'community.general.find'], code: 5, text: /write - \{command: "find / },
	{ args: ['doc', 'mkdir'], code: 5, text: /did you mean "file"\?/ },
	{ args: ['doc', 'kernel_parameter'], code: 5, text: /did you mean "modprobe" or "sysctl"/ },
	{ args: ['ping', 'all', '-k'], code: 5, text: /option '-k'\n\(store the password.*!secret NAME/ },
	{ args: ['run', 'x.yml', '--dry-run'], code: 5, text: /option '--dry-run'\n\(write --check\)\nHelp/ },
	{
		args: ['run', 'x.yml', '--vault-id=a@b'],
		code: 5,
		text: /option '--vault-id[^\n]*\n\(.*--identity FILE\)/,
	},
	{ args: ['run', 'absent.yml', '-i', 'a,'], code: 5, text: /there is no playbook "absent.yml"/ },
	{
		args: ['exec', 'all', '-i', 'a,', '-m', 'fiel'],
		code: 5,
		text: /no module "fiel"\ndid you mean "file"\?/,
	},
	{ args: ['ping', 'al', '-i', 'a,'], code: 5, text: /"al"/ },
	{ args: ['ping', 'all', '-i', 'a,', '-e', 'port'], code: 5, text: /-e port: expected values with names/ },
	{
		args: ['ping', 'all', '-i', 'a,', '-K'],
		code: 5,
		text: /nobody is at a terminal[\s\S]*ansible_become_password/,
	},
	{ args: ['ping', 'all', '-i', 'a,', '--report', 'xml'], code: 5, text: /there is no report "xml"/ },
];

for (const { args, code, text } of calls) {
	test(`g2pbook ${args.join(' ')}: ${code}`, async (t) => {
		const result = await say(args);
		t.regex(result.text, text);
		t.is(result.code, code);
	});
}

test('-e keeps the types that people mean', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-vars-'));
	writeFileSync(join(folder, 'vars.yml'), 'port: 5433\nnames: [a, b]\n');
	const rows: readonly [given: readonly string[], values: object][] = [
		[['port=5433 on=true version=1.10 zip=007'], { port: 5433, on: true, version: '1.10', zip: '007' }],
		[['motto=all is well', 'quoted="12"'], { motto: 'all is well', quoted: '12' }],
		[['a=1 motto="is b=2" c=it\'s so d=3'], { a: 1, motto: 'is b=2', c: "it's so", d: 3 }],
		[['{"port": 1, list: [x]}', 'port=2'], { port: 2, list: ['x'] }],
		[['@vars.yml', 'port=1'], { port: 1, names: ['a', 'b'] }],
	];
	for (const [given, values] of rows) {
		t.deepEqual(await givenValues({ extraVars: given }, { cwd: folder, decrypt: async () => '' }), values);
	}

	for (const wrong of ['port', '[1]', '@absent.yml']) {
		await t.throwsAsync(givenValues({ extraVars: [wrong] }, { cwd: folder, decrypt: async () => '' }), {
			instanceOf: BadInput,
		});
	}
});

test('-e name=[…] is a text, and the hint has both forms', async (t) => {
	const give = (word: string) => givenValues({ extraVars: [word] }, { cwd: '/', decrypt: async () => '' });
	for (const [word, list, text] of [
		['names=["a"]', { names: ['a'] }, { names: '["a"]' }],
		['names=[a, b]', { names: ['a', 'b'] }, { names: '[a, b]' }],
		['db={port: 1}', { db: { port: 1 } }, { db: '{port: 1}' }],
	] as const) {
		const error = await t.throwsAsync(give(word), { instanceOf: BadInput });
		const [first, second] = [...(error?.diagnostics[0]?.hint ?? '').matchAll(/-e '([^']*)'/g)];
		t.deepEqual(await give(first?.[1] ?? ''), list);
		t.deepEqual(await give(second?.[1] ?? ''), text);
	}

	t.deepEqual(await give('address=[fd00::5] name={{other}}'), { address: '[fd00::5]', name: '{{other}}' });
});

test('every command has a description and an example', (t) => {
	// A group such as `secret` leaves the examples to its commands.
	const commands = makeProgram()
		.commands.flatMap((command) => [command, ...command.commands])
		.filter((command) => command.commands.length === 0);
	t.true(commands.length > 15);
	for (const command of commands) {
		let help = '';
		command.configureOutput({
			writeOut: (text) => {
				help += text;
			},
		});
		command.outputHelp();
		t.true(command.description().length > 10, command.name());
		t.regex(help, /Examples?:\n +\$ .*g2pbook /, command.name());
	}
});

test('options that messages name are there', (t) => {
	const there = new Set(
		[makeProgram()]
			.flatMap((program) => [
				program,
				...program.commands,
				...program.commands.flatMap((one) => one.commands),
			])
			.flatMap((command) => command.options.map((option) => option.long)),
	);
	const named = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.flatMap((file) =>
			readFileSync(join(root, 'src', file), 'utf8')
				.split('\n')
				.filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
				.flatMap((line) => [...line.matchAll(/\b(?:with|without|use|run|by|or|the|own) `?(--[a-z][a-z-]+)/g)])
				.map(([, option = '']) => ({ file, option })),
		);
	t.true(named.length > 15);
	t.deepEqual(
		named.filter(({ option }) => !there.has(option)),
		[],
	);
});

test('words of the command line become arguments by the types of the module', (t) => {
	const rows: readonly [module: string, words: readonly string[], args: unknown][] = [
		[
			'file',
			['path=/etc/motd', 'mode=0644', 'recurse=yes'],
			{ path: '/etc/motd', mode: '0644', recurse: true },
		],
		['file', ['{path: /etc/motd, mode: "0644"}'], { path: '/etc/motd', mode: '0644' }],
		['user', ['name=g2p', 'uid=1500', 'groups=a,b'], { name: 'g2p', uid: 1500, groups: 'a,b' }],
		[
			'copy',
			['content="a b=c" dest=/etc/motd mode=0644'],
			{ content: 'a b=c', dest: '/etc/motd', mode: '0644' },
		],
		['command', ['uptime -p'], 'uptime -p'],
		['command', ['ls', '-l', 'a b'], "ls -l 'a b'"],
		['ansible.builtin.ping', [], {}],
	];
	for (const [module, words, args] of rows) {
		t.deepEqual(moduleArguments(moduleNamed(module), words), args, `${module} ${words.join(' ')}`);
	}

	t.throws(() => moduleNamed('fiel'), { instanceOf: BadInput });
	t.throws(() => moduleArguments(moduleNamed('file'), ['/etc/motd']), {
		message: /is no argument for the module "file"/,
	});
});

test('doc lists modules and roles, and explains them', (t) => {
	t.regex(
		docIndex([], 80),
		/^Modules: files\n[\s\S]* {2}copy +Copy[\s\S]*\nModules: text\n[\s\S]*\nRoles\n[\s\S]*nginx-rp/,
	);
	t.true(
		docIndex([], 80)
			.split('\n')
			.every((line) => line.length <= 80),
	);
	t.regex(
		docPage('ansible.builtin.copy', [], 80),
		/^copy: [\s\S]*Arguments[\s\S]* dest\* [\s\S]*Examples\n {2}- copy: /,
	);
	t.regex(docPage('base', [], 80), /base_/);
});

test('--report', (t) => {
	t.deepEqual(parseReport('json'), { format: 'json', file: undefined });
	t.deepEqual(parseReport('junit=a=b.xml'), { format: 'junit', file: 'a=b.xml' });
	t.deepEqual(parseReport('html=run.html'), { format: 'html', file: 'run.html' });
	t.throws(() => parseReport('jsno'), { message: 'there is no report "jsno"' });
	t.throws(() => parseReport('json='), { instanceOf: BadInput });
});

test('completion knows commands, options and modules', async (t) => {
	const program = makeProgram();
	for (const shell of ['bash', 'zsh', 'fish'] as const) {
		const script = completionScript(shell, program);
		for (const word of ['run', 'check', 'lineinfile', 'limit']) {
			t.true(script.includes(word), `${shell} ${word}`);
		}
	}

	const { stdout } = await execa('bash', [
		'-c',
		`${completionScript('bash', program)}\nCOMP_WORDS=(g2pbook ru); COMP_CWORD=1; _g2pbook; echo "\${COMPREPLY[@]}"`,
	]);
	t.is(stdout, 'run');
});

test('the playbook in the README has no mistakes', async (t) => {
	const [, text = ''] =
		/```yaml\n(- name: Web servers[\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
	const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-readme-'));
	writeFileSync(join(cwd, 'site.yml'), text);
	writeFileSync(join(cwd, 'site.conf'), 'server {}\n');
	writeFileSync(join(cwd, 'hosts.ini'), '[web]\nweb01\n');
	const { plan, warnings } = await loadAll({ playbook: 'site.yml', inventories: ['hosts.ini'], cwd });
	t.deepEqual(warnings, []);
	t.deepEqual(plan.plays[0]?.hosts, ['web01']);
});

test('init writes a project that can be planned, and writes over nothing', async (t) => {
	for (const topology of ['sandbox', 'prod-minimum', 'prod-ha']) {
		const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-init-'));
		const folder = join(cwd, 'site');
		const files = writeProject(topology, folder);
		t.true(files.includes(join(folder, 'inventory', 'hosts.yml')));
		const { plan } = await loadAll({ playbook: 'site/site.yml', inventories: ['site/inventory'], cwd });
		t.true((plan.plays[0]?.hosts.length ?? 0) > 0);
		t.throws(() => writeProject(topology, folder), { message: /is not empty/ });
	}

	t.throws(() => writeProject('sandbx', '/nowhere'), { instanceOf: BadInput });
});

test('what nothing uses of an inventory stands in nobody’s way', async (t) => {
	t.timeout(120_000);
	const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-unused-'));
	mkdirSync(join(cwd, 'inventory/group_vars'), { recursive: true });
	writeFileSync(join(cwd, 'inventory/hosts.ini'), 'here ansible_connection=local\n');
	writeFileSync(
		join(cwd, 'inventory/group_vars/all.yml'),
		'jinja: "{{ foo | default(1) }}"\nuses: "{{jinja}}"\nvaulted: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6231\ndebug: no\n',
	);
	writeFileSync(
		join(cwd, 'site.yml'),
		'- hosts: all\n  gather_facts: false\n  vars: {name: debug}\n  tasks:\n    - debug: {msg: "{{#debug}}wrong{{/debug}}{{^debug}}right{{/debug}}"}\n',
	);
	for (const name of ['uses', 'vaulted']) {
		writeFileSync(
			join(cwd, `${name}.yml`),
			`- hosts: all\n  gather_facts: false\n  tasks: [{debug: {msg: "{{${name}}}"}}]\n`,
		);
	}

	const rows: readonly (readonly [words: string, code: number, said: RegExp])[] = [
		['ping all', 0, /pong/],
		['exec all --lock-wait 60 -- true', 0, /command/],
		['inventory --list', 0, /"__ansible_vault": "\$ANSIBLE_VAULT;1.1;AES256\\n6231\\n"/],
		['inventory --graph', 0, /here/],
		['run site.yml', 0, /right/],
		['vars here --explain vaulted', 0, /!vault/],
		['run uses.yml', 5, /all\.yml:1:\d+ {2}"foo \| default\(1\)" is not a name[\s\S]*1 problem/],
		['run vaulted.yml', 5, /encrypted with Ansible Vault[\s\S]*g2pbook secret set[\s\S]*1 problem/],
		['lint site.yml', 5, /is not a name[\s\S]*encrypted with Ansible Vault[\s\S]*2 problems/],
	];
	for (const [words, code, said] of rows) {
		const [verb = '', ...rest] = words.split(' ');
		const ran = await g2pbook([verb, '-i', 'inventory', ...rest], cwd);
		t.is(ran.exitCode, code, `${words}\n${ran.stdout}${ran.stderr}`);
		t.regex(ran.stdout + ran.stderr, said, words);
	}
});

test('vars --explain: inventory, plays, roles and tasks', async (t) => {
	t.timeout(60_000);
	const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-explain-'));
	for (const folder of ['roles/web/defaults', 'roles/web/tasks']) {
		mkdirSync(join(cwd, folder), { recursive: true });
	}

	writeFileSync(join(cwd, 'roles/web/defaults/main.yml'), 'web_port: 80\nweb_name: x\n');
	writeFileSync(join(cwd, 'roles/web/tasks/main.yml'), '- debug: {msg: "{{web_port}}"}\n');
	writeFileSync(
		join(cwd, 'site.yml'),
		`- hosts: all
  gather_facts: false
  vars: {web_port: 81, other: 1}
  roles: [web]
  tasks: [{debug: {msg: x}, vars: {other: 2}}]
`,
	);
	writeFileSync(join(cwd, 'hosts.ini'), 'here ansible_connection=local web_name=y\n');
	const rows: readonly (readonly [words: string, lines: readonly RegExp[]])[] = [
		['web_port', [/^web_port: 80$/, /wins +roles\/web\/defaults\/main\.yml:1:11 +role defaults +80/]],
		['web_name', [/^web_name: y$/, /wins +hosts\.ini/, /beaten +roles\/web\/defaults\/main\.yml:2:11 .* x/]],
		[
			'web_port --playbook site.yml',
			[/^web_port: 81$/, /wins +site\.yml:3:20 +play vars +81/, /beaten +roles\/web/],
		],
		[
			'other --playbook site.yml',
			[/^other: 2$/, /wins +site\.yml:5:43 +task vars +2/, /beaten +site\.yml:3:31 +play vars +1/],
		],
		['nfs_export_path', [/role defaults +\/srv/]],
		['absent', [/nothing gives "absent" to here/]],
	];
	for (const [words, lines] of rows) {
		const { stdout, stderr } = await g2pbook(
			['vars', 'here', '-i', 'hosts.ini', '--explain', ...words.split(' ')],
			cwd,
		);
		for (const line of lines) {
			t.regex(stdout + stderr, new RegExp(line, 'm'), words);
		}
	}
});

test('a run on this machine: reports, exit codes, nothing to change the second time', async (t) => {
	t.timeout(120_000);
	const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-run-'));
	const file = join(cwd, 'greeting');
	writeFileSync(
		join(cwd, 'site.yml'),
		`- name: Here
  hosts: all
  gather_facts: false
  tasks:
    - name: Greet
      copy: {content: "hello\\n", dest: ${file}, mode: "0600"}
`,
	);
	// Other tests may be changing this machine too.
	const here = ['-i', 'here,', '-c', 'local', '--lock-wait', '60'];
	const checked = await g2pbook(['check', 'site.yml', ...here, '--detailed-exitcode'], cwd);
	t.is(checked.exitCode, 3, checked.stderr);
	t.regex(
		checked.stdout,
		/Checking site\.yml[\s\S]*~ Greet · would change 1 \[here\][\s\S]*\+hello[\s\S]*run without --check/,
	);
	t.throws(() => readFileSync(file));

	const first = await g2pbook(
		[
			'run',
			'site.yml',
			...here,
			...['junit=run.xml', 'json=run.json', 'html=run.html'].flatMap((report) => ['--report', report]),
		],
		cwd,
	);
	t.is(first.exitCode, 0, first.stderr);
	t.regex(first.stdout, /Done: 1 change on 1 of 1 host\./);
	t.is(readFileSync(file, 'utf8'), 'hello\n');
	t.regex(readFileSync(join(cwd, 'run.xml'), 'utf8'), /<testcase classname="here" name="Greet"/);

	const page = readFileSync(join(cwd, 'run.html'), 'utf8');
	t.regex(page, /"title":"Greet","module":"copy","place":"site\.yml:5:7"/);
	t.true(page.endsWith('</html>\n'));
	const merged = await g2pbook(['report', 'merge', 'run.json', '--report', 'html=merged.html'], cwd);
	t.is(merged.exitCode, 0, merged.stderr);
	t.regex(readFileSync(join(cwd, 'merged.html'), 'utf8'), /"measured":false/);

	const second = await g2pbook(['run', 'site.yml', ...here, '--report', 'json'], cwd);
	t.is(second.exitCode, 0, second.stderr);
	const document: unknown = JSON.parse(second.stdout);
	t.like(document, { exitCode: 0, recap: [{ host: 'here', changed: 0, ok: 1 }] });
	t.regex(second.stderr, /Nothing to change: 1 host already as described/);

	const homeless = await g2pbook(['exec', 'all', ...here, '--', 'pwd'], cwd, { HOME: '/nowhere' });
	t.regex(homeless.stdout, /│ \/$/m, homeless.stdout + homeless.stderr);

	const failed = await g2pbook(['exec', 'all', ...here, '--', 'ls', '/nowhere'], cwd);
	t.is(failed.exitCode, 2, failed.stderr);
	t.regex(failed.stdout, /Failed on 1 of 1 host/);
});
