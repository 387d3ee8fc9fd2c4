import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
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
			tasks: Array.from({ length: 14 }, (_, index) => task(index)),
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

for (let seed = 1; seed <= 25; seed++) {
	test.serial(`random playbook ${seed} writes the same, in the same order`, async (t) => {
		const playbook = playbookOf(seed);
		const [without, ahead] = [
			await runPlaybook(t, { playbook, options: { lookAhead: 0 } }),
			await runPlaybook(t, { playbook, options: { lookAhead: 64 } }),
		];
		const [expected, seen] = [await trace(without), await trace(ahead)];
		t.deepEqual(
			JSON.parse(JSON.stringify(seen).replaceAll(ahead.folder, 'DIR')),
			JSON.parse(JSON.stringify(expected).replaceAll(without.folder, 'DIR')),
			playbook,
		);
	});
}

test.serial('a converged play of forty tasks costs a few round trips', async (t) => {
	const playbook = stringify([
		{
			hosts: 'a',
			gather_facts: false,
			tasks: Array.from({ length: 40 }, (_, index) => ({
				name: `t${index}`,
				...(index % 2 === 0
					? { copy: { dest: `DIR/f${index}`, content: `${index}\n`, mode: '0644' } }
					: { file: { path: `DIR/f${index - 1}`, mode: '0644' } }),
			})),
		},
	]);
	const first = await runPlaybook(t, { playbook, hosts: 'a' });
	t.is(first.exitCode, 0);
	const second = await runPlaybook(t, { playbook, hosts: 'a' }, first.folder);
	t.is(second.recap[0]?.changed, 0);
	t.true((second.recap[0]?.traffic?.roundTrips ?? 99) <= 3, JSON.stringify(second.recap[0]?.traffic));
	// All was asked with the first task, so it has spent it; the others found their answers there.
	const spents = second.events.flatMap((event) => (event.kind === 'host-end' ? [event.result.spent] : []));
	t.deepEqual(
		spents.map((spent) => spent?.roundTrips ?? 0),
		[second.recap[0]?.traffic?.roundTrips ?? 0, ...Array.from({ length: 39 }, () => 0)],
	);
	t.true((spents[0]?.processes ?? 99) <= 4, JSON.stringify(spents[0]));
	t.true((spents[0]?.waiting ?? 0) > 0);
});
