import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import type { Traffic } from '../src/session/types.ts';
import { randomPlaybooks } from './engine/look-ahead.ts';
import { runPlaybook } from './engine/run-playbook.ts';

// Whatever a playbook does, and wherever it fails: reading ahead must not change what is written, nor in which order.

type Task = Readonly<Record<string, unknown>>;

randomPlaybooks(test, 1, 100);

const path = 'DIR/{{inventory_hostname}}-file';
const seeing: Task = { name: 'see it', lineinfile: { path, line: 'seen', create: false } };
const soon: Task = { name: 'soon', shell: `(sleep 0.4; echo new > ${path}) >/dev/null 2>&1 &` };

/** Other ways for a file to change than by a task on its host, and a task that has to see it. */
const elsewhere: readonly {
	readonly title: string;
	readonly hosts?: string;
	readonly tasks: readonly Task[];
	readonly files?: Readonly<Record<string, string>>;
}[] = [
	{
		title: 'a task that reaches the host by another way',
		tasks: [{ name: 'change', copy: { dest: path, content: 'new\n' }, connection: 'local' }, seeing],
	},
	{
		title: 'a task that is delegated',
		tasks: [{ name: 'change', shell: `echo new > ${path}`, delegate_to: 'localhost' }, seeing],
	},
	{
		title: 'a task that is delegated, once for all hosts',
		hosts: 'a,b',
		tasks: [
			{
				name: 'change',
				shell: 'echo new | tee DIR/a-file > DIR/b-file',
				delegate_to: 'localhost',
				run_once: true,
			},
			seeing,
		],
	},
	{
		title: 'a command of another host',
		hosts: 'a,b',
		tasks: [
			{
				name: 'change',
				shell: 'sleep 0.3; echo new > DIR/b-file; echo new > DIR/a-file',
				when: "inventory_hostname == 'a'",
			},
			seeing,
		],
	},
	{
		title: 'another host has waited',
		hosts: 'a,b',
		tasks: [
			soon,
			{ name: 'wait', wait_for: { path, sleep: 0.1 }, when: "inventory_hostname == 'a'" },
			{ name: 'a moment', command: 'sleep 0.3', changed_when: false, when: "inventory_hostname == 'a'" },
			seeing,
		],
	},
	{
		title: 'a file that hosts share, and a pause of no length',
		hosts: 'a,b',
		tasks: [
			{
				name: 'change',
				copy: { dest: 'DIR/{{item}}-file', content: 'new\n' },
				loop: ['a', 'b'],
				when: "inventory_hostname == 'a'",
			},
			{ name: 'none', pause: { seconds: 0 } },
			seeing,
		],
	},
	{ title: 'a pause', hosts: 'a,b', tasks: [soon, { name: 'wait', pause: { seconds: 1 } }, seeing] },
	{
		title: 'a pause in what is included',
		tasks: [soon, { name: 'include', include_tasks: 'included.yml' }],
		files: { 'included.yml': stringify([{ name: 'wait', pause: { seconds: 1 } }, seeing]) },
	},
	{
		title: 'a wait that is delegated',
		tasks: [soon, { name: 'wait', wait_for: { path, sleep: 0.1 }, delegate_to: 'localhost' }, seeing],
	},
	{
		title: 'tries that are delegated',
		tasks: [
			soon,
			{
				name: 'wait',
				stat: { path },
				delegate_to: 'localhost',
				register: 'seen',
				until: 'seen.stat.exists',
				retries: 20,
				delay: 0.1,
			},
			seeing,
		],
	},
	{
		title: 'a pause between items',
		tasks: [
			soon,
			{
				name: 'see it',
				copy: { src: '{{item}}', dest: `${path}.new`, remote_src: true },
				loop: ['/etc/hostname', path],
				loop_control: { pause: 1 },
			},
		],
	},
];

for (const { title, hosts = 'a', tasks, files = {} } of elsewhere) {
	test.serial(`what was read ahead is asked again after ${title}`, async (t) => {
		const first = { name: 'first', command: 'true' };
		const playbook = stringify([{ hosts: 'all', gather_facts: false, tasks: [first, ...tasks] }]);
		const { lines } = await runPlaybook(t, { playbook, hosts, files, options: { lookAhead: 1000 } });
		const expected = hosts.split(',').map((host) => `${host}=changed`);
		t.is(lines.at(-1), `see it: ${expected.join(' ')}`);
	});
}

test.serial('what was read ahead is asked again after a person was asked to go on', async (t) => {
	const tasks = [{ name: 'first', command: 'true' }, { name: 'second', debug: { msg: 'x' } }, seeing];
	const { lines } = await runPlaybook(t, {
		playbook: stringify([{ hosts: 'all', gather_facts: false, tasks }]),
		hosts: 'a',
		options: {
			lookAhead: 1000,
			step: async ({ name, source }) => {
				if (name === 'see it') {
					// Until what was asked ahead is answered.
					await sleep(500);
					await writeFile(join(dirname(source.file), 'a-file'), 'new\n');
				}

				return 'yes';
			},
		},
	});
	t.is(lines.at(-1), 'see it: a=changed');
});

/** A converged play of files, lines, links, packages, users, groups and parameters, and what its run cost. */
async function converged(t: ExecutionContext, count: number): Promise<readonly (Traffic | undefined)[]> {
	const kinds: readonly ((name: string) => Task)[] = [
		(name) => ({ copy: { dest: `DIR/${name}`, content: `${name}\n`, mode: '0644' } }),
		(name) => ({ lineinfile: { path: `DIR/${name}.lines`, line: name, create: true } }),
		(name) => ({ file: { path: `DIR/${name}.link`, src: name, state: 'link', force: true } }),
		() => ({ package: { name: 'dpkg' } }),
		() => ({ user: { name: 'daemon' } }),
		() => ({ group: { name: 'adm' } }),
		() => ({ sysctl: { name: 'kernel.ostype', value: 'Linux', sysctl_file: 'DIR/sysctl.conf' } }),
	];
	const tasks = Array.from({ length: count }, (_, index) => ({
		name: `t${index}`,
		...kinds[index % kinds.length]?.(`n${index}`),
	}));
	const playbook = stringify([{ hosts: 'a', gather_facts: false, tasks }]);
	const options = { lookAhead: 1000 };
	const first = await runPlaybook(t, { playbook, hosts: 'a', options });
	t.is(first.exitCode, 0, JSON.stringify(first.lines));
	const second = await runPlaybook(t, { playbook, hosts: 'a', options }, first.folder);
	t.is(second.recap[0]?.changed, 0, JSON.stringify(second.lines));
	return second.events.flatMap((event) => (event.kind === 'host-end' ? [event.result.spent] : []));
}

test.serial(
	'a converged play costs a few round trips, and as many processes with 400 tasks as with 40',
	async (t) => {
		t.timeout(120_000);
		const [few, many] = [await converged(t, 40), await converged(t, 400)];
		const roundTrips = (spents: typeof few) => spents.map((spent) => spent?.roundTrips ?? 0);
		for (const spents of [few, many]) {
			t.true(sum(roundTrips(spents)) <= 4, JSON.stringify(spents));
			// All is asked with the first task, so it has spent it; the others find their answers there.
			t.deepEqual(new Set(roundTrips(spents).slice(8)), new Set([0]));
			t.true((spents[0]?.waiting ?? 0) > 0);
		}

		const processes = [few, many].map((spents) => sum(spents.map((spent) => spent?.processes ?? 0)));
		t.is(processes[1], processes[0]);
		t.true((processes[0] ?? 99) <= 12, String(processes));
	},
);

test.serial('changes in a row cost a round trip each, of tasks and of the items of a loop', async (t) => {
	const copy = (name: string): Task => ({ copy: { dest: `DIR/${name}`, content: 'x', mode: '0600' } });
	const tasks = [
		...Array.from({ length: 8 }, (_, index) => ({ name: `t${index}`, ...copy(`t${index}`) })),
		{ name: 'items', loop: Array.from({ length: 8 }, (_, index) => `i${index}`), ...copy('{{item}}') },
		...Array.from({ length: 8 }, (_, index) => ({
			name: `f${index}`,
			file: { path: `DIR/f${index}`, state: 'directory', mode: '0700' },
		})),
	];
	const playbook = stringify([{ hosts: 'a', gather_facts: false, tasks }]);
	const { exitCode, lines, events } = await runPlaybook(t, {
		playbook,
		hosts: 'a',
		options: { lookAhead: 1000 },
	});
	t.is(exitCode, 0, JSON.stringify(lines));
	const spents = events.flatMap((event) =>
		event.kind === 'host-end' ? [event.result.spent?.roundTrips ?? 0] : [],
	);
	// Logging in, the lock of the host and the first read come with the first task.
	t.deepEqual(spents.slice(1), [...Array<number>(7).fill(1), 8, ...Array<number>(8).fill(1)]);
});

test.serial('what comes behind a command that will run is asked behind it, and not before', async (t) => {
	const questions = Array.from({ length: 6 }, (_, index): readonly Task[] => [
		{ name: `question ${index}`, command: 'true', changed_when: false, check_mode: false },
		{ name: `never ${index}`, command: 'false', when: false },
		{ name: `guarded ${index}`, command: 'false', unless: `test ${index} -lt 9` },
	]);
	const playbook = stringify([{ hosts: 'a', gather_facts: false, tasks: questions.flat() }]);
	for (const check of [false, true]) {
		const { exitCode, lines, events } = await runPlaybook(t, {
			playbook,
			hosts: 'a',
			options: { lookAhead: 1000, check },
		});
		t.is(exitCode, 0, JSON.stringify(lines));
		const spents = events.flatMap((event) => (event.kind === 'host-end' ? [event.result.spent] : []));
		const total = (of: (spent: Traffic) => number) => sum(spents.map((spent) => (spent ? of(spent) : 0)));
		t.true(total(({ processes }) => processes) <= 17, JSON.stringify(spents));
		t.true(total(({ roundTrips }) => roundTrips) <= 15, JSON.stringify(spents));
	}
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0);
