import { stringify } from 'yaml';
import type { Given } from './run-playbook.ts';

/** A number from 0 on, below this one. */
type Choose = (below: number) => number;
type Task = Readonly<Record<string, unknown>>;

/** Mulberry32: a small generator whose numbers a seed gives again. */
function random(seed: number): Choose {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

const one = <T>(pick: Choose, of: readonly [T, ...T[]]): T => of[pick(of.length)] ?? of[0];
const note = (what: string): string =>
	`echo ${what} {{inventory_hostname}} >> DIR/{{inventory_hostname}}.log`;
const onHost = (pick: Choose): string => `inventory_hostname == '${one(pick, ['a', 'b', 'c', 'd'])}'`;

/** One of few files of a host; which one may be told by a fact, by the item of an include's loop or by its vars. */
const file = (pick: Choose): string =>
	`DIR/{{inventory_hostname}}-${pick(4) > 0 ? pick(3) : one(pick, ['{{chosen}}', '{{turn}}', '{{which}}'])}`;

const condition = (pick: Choose): string =>
	one(pick, [
		onHost(pick),
		'default(vars.seen.stat.exists, false)',
		'!default(vars.seen.stat.exists, true)',
		"default(vars.said.stdout, '') == '1'",
		'default(vars.all.results[1].stat.exists, false)',
		'default(vars.all.changed, false)',
		`chosen == ${pick(3)}`,
		`turn != ${pick(3)}`,
	]);

type Kind = (pick: Choose, name: string) => Task;

/** Tasks over few files, so that they get into each other's way as often as can be. */
const kinds: readonly [Kind, ...Kind[]] = [
	(pick) => ({ copy: { dest: file(pick), content: `${pick(3)}\n` }, notify: one(pick, ['noted', 'topic']) }),
	(pick) => ({ lineinfile: { path: file(pick), line: `line ${pick(3)}`, create: pick(2) === 0 } }),
	(pick) => ({ file: { path: file(pick), state: one(pick, ['absent', 'touch', 'file']) } }),
	(pick) => ({ file: { path: file(pick), mode: `06${pick(2)}4` }, notify: 'noted' }),
	(_pick, name) => ({ shell: note(name) }),
	(pick, name) => ({ shell: note(name), when: condition(pick) }),
	(pick) => ({ command: `rm -f ${file(pick)}`, removes: file(pick) }),
	(pick, name) => ({ shell: note(name), [one(pick, ['unless', 'only_if'])]: `grep -q 1 ${file(pick)}` }),
	(pick) => ({ stat: { path: file(pick) }, register: 'seen' }),
	(pick) => ({ copy: { dest: file(pick), content: 'seen\n' }, when: condition(pick) }),
	(pick) => ({
		copy: { dest: 'DIR/{{inventory_hostname}}-{{item}}', content: `${pick(2)}` },
		loop: [0, 1, 2],
	}),
	(pick) => ({ stat: { path: 'DIR/{{inventory_hostname}}-{{item}}' }, loop: [0, pick(3)], register: 'all' }),
	(pick) => ({ command: 'false', when: onHost(pick) }),
	(pick) => ({ command: 'false', when: condition(pick), ignore_errors: pick(2) === 0 }),
	(pick) => ({ set_fact: { chosen: pick(3) }, when: condition(pick) }),
	// They only look, by their word: some lie.
	(pick) => ({ shell: `cat ${file(pick)} || :`, changed_when: false, register: 'said' }),
	(pick) => ({ shell: `echo ${pick(3)} > ${file(pick)}`, changed_when: false, notify: 'noted' }),
	(pick) => ({ copy: { dest: file(pick), content: 'said\n' }, changed_when: false, notify: 'noted' }),
	// What lies on this machine is both the controller's and the host's.
	(pick) => ({
		[one(pick, ['copy', 'template'])]: { src: file(pick), dest: file(pick) },
		ignore_errors: true,
	}),
	(pick) => ({ copy: { dest: file(pick), content: `${pick(2)}\n` }, run_once: true }),
	(pick) => ({ copy: { dest: 'DIR/b-0', content: `${pick(2)}\n` }, delegate_to: 'b', when: onHost(pick) }),
	(pick) => ({ shell: `echo ${pick(2)} > DIR/${one(pick, ['a', 'b'])}-0`, when: onHost(pick) }),
	(pick) => ({ shell: `rm ${file(pick)}`, register: 'gone', until: '!gone.failed', retries: 1, delay: 0 }),
	(pick) => ({ copy: { dest: file(pick), content: '1\n' }, [one(pick, ['check_mode', 'diff'])]: true }),
	(pick) => ({ copy: { dest: file(pick), content: '2\n' }, connection: 'local' }),
	(pick) => ({ shell: `echo ${pick(2)} > ${file(pick)}`, delegate_to: 'localhost' }),
	(pick) => ({ meta: one(pick, ['flush_handlers', 'flush_handlers', 'noop', 'end_host']) }),
];

/** Makes tasks, and the files that they include. */
class Maker {
	readonly files: Record<string, string> = {};
	readonly #pick: Choose;
	#count = 0;

	constructor(pick: Choose) {
		this.#pick = pick;
	}

	/** @param depth how many includes they are in */
	tasks(most: number, depth: number): Task[] {
		return Array.from({ length: 1 + this.#pick(most) }, () => this.#task(depth));
	}

	#task(depth: number): Task {
		const pick = this.#pick;
		const name = `t${this.#count++}`;
		switch (depth < 2 ? pick(8) : 3 + pick(16)) {
			case 0:
			case 1:
				return { name, ...this.#include(depth + 1), ...around(pick) };
			case 2:
			case 3:
				return {
					name,
					block: this.tasks(2, depth),
					...(pick(3) > 0 && { rescue: [{ name: `r${name}`, shell: note(`rescued-${name}`) }] }),
					...(pick(3) === 0 && { always: this.tasks(1, depth) }),
					...(pick(4) === 0 && { when: condition(pick) }),
				};
			default:
				return { name, ...one(pick, kinds)(pick, name) };
		}
	}

	#include(depth: number): Task {
		const pick = this.#pick;
		const name = `i${this.#count++}`;
		switch (pick(6)) {
			case 0:
				this.files[`roles/${name}/tasks/main.yml`] = stringify(this.tasks(2, depth));
				// One name with those of the play: a role's own go first.
				this.files[`roles/${name}/handlers/main.yml`] = stringify([
					{ name: 'noted', shell: note(`handled-by-${name}`) },
				]);
				return { include_role: { name } };
			case 1:
				for (const which of [0, 1, 2]) {
					this.files[`tasks/${name}-${which}.yml`] = stringify(this.tasks(1, depth));
				}
				return { include_tasks: `tasks/${name}-{{${one(pick, ['chosen', 'turn'])}}}.yml` };
			default:
				this.files[`tasks/${name}.yml`] = stringify(this.tasks(3, depth));
				return { include_tasks: `tasks/${name}.yml` };
		}
	}
}

/** What an include may have beside its file. */
const around = (pick: Choose): Task => ({
	...(pick(3) === 0 && { when: condition(pick) }),
	...(pick(3) === 0 && { vars: { which: pick(3) } }),
	...(pick(3) === 0 && {
		loop: one<unknown>(pick, [[pick(3), pick(3)], '{{turns}}', [0]]),
		loop_control: { loop_var: 'turn' },
	}),
});

/** A playbook of few tasks, with the files that it includes: the same for the same seed. */
export function randomPlaybook(seed: number): Pick<Given, 'playbook' | 'files' | 'hosts'> {
	const maker = new Maker(random(seed));
	const playbook = stringify([
		{
			hosts: 'all',
			gather_facts: false,
			...(seed % 9 === 0 && { serial: 1 }),
			...(seed % 15 === 0 && { any_errors_fatal: true }),
			vars: { chosen: 0, turn: 1, which: 2, turns: [0, 2] },
			handlers: [
				{ name: 'noted', shell: note('handled') },
				{
					name: 'mended',
					listen: 'topic',
					copy: { dest: 'DIR/{{inventory_hostname}}-0', content: 'mended\n' },
				},
			],
			// Short ones meet as many of their own writes as long ones, and cost less; some are long.
			tasks: maker.tasks(seed % 40 === 0 ? 14 : 5, 0),
		},
	]);
	// What concerns one host alone is tried as well on one as on two, and costs less.
	return { playbook, files: maker.files, hosts: seed % 3 === 0 ? 'a,b' : 'a' };
}
