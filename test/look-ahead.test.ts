import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import type { Traffic } from '../src/session/types.ts';
import { type Ran, runPlaybook } from './engine/run-playbook.ts';

// Whatever a playbook does, and wherever it fails: reading ahead must not change what is written, nor in which order.

/** Mulberry32: a small generator whose numbers a seed gives again. */
function random(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

type Task = Readonly<Record<string, unknown>>;

const note = (what: string): string =>
	`echo ${what} {{inventory_hostname}} >> DIR/{{inventory_hostname}}.log`;
const file = (pick: (below: number) => number): string => `DIR/{{inventory_hostname}}-${pick(3)}`;

/** Tasks over few files, so that they get into each other's way as often as can be. */
const kinds: readonly ((pick: (below: number) => number, name: string) => Task)[] = [
	(pick) => ({ copy: { dest: file(pick), content: `${pick(3)}\n` }, notify: 'noted' }),
	(pick) => ({ lineinfile: { path: file(pick), line: `line ${pick(3)}`, create: pick(2) === 0 } }),
	(pick) => ({ file: { path: file(pick), state: ['absent', 'touch', 'file'][pick(3)] } }),
	(pick) => ({ file: { path: file(pick), mode: `06${pick(2)}4` } }),
	(_pick, name) => ({ shell: note(name) }),
	(pick, name) => ({ shell: note(name), when: `inventory_hostname == '${['a', 'b'][pick(2)]}'` }),
	(pick) => ({ command: `rm -f ${file(pick)}`, removes: file(pick) }),
	(pick) => ({ stat: { path: file(pick) }, register: 'seen' }),
	(pick) => ({
		copy: { dest: file(pick), content: 'seen\n' },
		when: "default(vars.seen.stat.exists, false) && inventory_hostname == 'a'",
	}),
	(pick) => ({
		copy: { dest: `DIR/{{inventory_hostname}}-{{item}}`, content: `${pick(2)}` },
		loop: [0, 1, 2],
	}),
	(pick) => ({ command: 'false', when: `inventory_hostname == '${['a', 'b', 'c', 'd'][pick(4)]}'` }),
	() => ({ meta: 'flush_handlers' }),
];

function playbookOf(seed: number): string {
	const pick = random(seed);
	const task = (index: number): Task => {
		const name = `t${index}`;
		const made = kinds[pick(kinds.length)]?.(pick, name) ?? {};
		return pick(8) === 0
			? { block: [{ name, ...made }], rescue: [{ name: `r${index}`, shell: note(`rescued-${name}`) }] }
			: { name, ...made };
	};
	return stringify([
		{
			hosts: 'all',
			gather_facts: false,
			handlers: [{ name: 'noted', shell: note('handled') }],
			// Short ones meet as many of their own writes as long ones, and cost less; some are long.
			tasks: Array.from({ length: seed % 40 === 0 ? 14 : 2 + pick(5) }, (_, index) => task(index)),
		},
	]);
}

/** Everything that could tell the two apart: results in order, what the verbs noted, and the files left behind. */
async function trace({ folder, lines, recap }: Ran): Promise<unknown> {
	const names = (await readdir(folder)).filter((name) => !name.startsWith('.') && name !== 'site.yml').sort();
	const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
	const counts = recap.map(({ traffic: _, ...counted }) => counted);
	return { lines, counts, files: names.map((name, index) => [name, files[index]]) };
}

async function writesTheSame(t: ExecutionContext, seed: number): Promise<void> {
	// What one host has written concerns that host alone, so one is as good as two most of the time.
	const given = { playbook: playbookOf(seed), hosts: seed % 3 === 0 ? 'a,b' : 'a' };
	const [without, ahead] = [
		await runPlaybook(t, { ...given, options: { lookAhead: 0 } }),
		await runPlaybook(t, { ...given, options: { lookAhead: 1000 } }),
	];
	const [expected, seen] = [await trace(without), await trace(ahead)];
	t.deepEqual(
		JSON.parse(JSON.stringify(seen).replaceAll(ahead.folder, 'DIR')),
		JSON.parse(JSON.stringify(expected).replaceAll(without.folder, 'DIR')),
		`playbook ${seed}:\n${given.playbook}`,
	);
}

const [count, together] = [1000, 50];
for (let first = 1; first < count; first += together) {
	const last = first + together - 1;
	test.serial(`random playbooks ${first} to ${last} write the same, in the same order`, async (t) => {
		t.timeout(10 * 60_000);
		for (let seed = first; seed <= last; seed++) {
			await writesTheSame(t, seed);
		}
	});
}

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

const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0);
