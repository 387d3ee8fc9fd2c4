import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext, TestFn } from 'ava';
import { stringify } from 'yaml';
import { randomPlaybook } from './random-playbook.ts';
import { type Ran, runPlaybook } from './run-playbook.ts';

/** Everything that could tell the two apart: results in order, what the verbs noted, and the files left behind. */
async function trace({ folder, lines, messages, recap }: Ran): Promise<unknown> {
	const entries = await readdir(folder, { withFileTypes: true });
	const names = entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
	const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
	const counts = recap.map(({ traffic: _, ...counted }) => counted);
	// Hosts are not in step within a task.
	return {
		lines,
		messages: [...messages].sort(),
		counts,
		files: names.map((name, index) => [name, files[index]]),
	};
}

async function writesTheSame(t: ExecutionContext, seed: number): Promise<void> {
	const given = randomPlaybook(seed);
	const [without, ahead] = [
		await runPlaybook(t, { ...given, options: { lookAhead: 0 } }),
		await runPlaybook(t, { ...given, options: { lookAhead: 1000 } }),
	];
	const [expected, seen] = [await trace(without), await trace(ahead)];
	t.deepEqual(
		JSON.parse(JSON.stringify(seen).replaceAll(ahead.folder, 'DIR')),
		JSON.parse(JSON.stringify(expected).replaceAll(without.folder, 'DIR')),
		`playbook ${seed}:\n${given.playbook}\n${stringify(given.files)}`,
	);
}

/** Tests of the playbooks that come of these seeds, fifty in each. */
export function randomPlaybooks(test: TestFn, from: number, to: number): void {
	for (let first = from; first <= to; first += 50) {
		const last = Math.min(first + 49, to);
		test.serial(`random playbooks ${first} to ${last} write the same, in the same order`, async (t) => {
			t.timeout(10 * 60_000);
			for (let seed = first; seed <= last; seed++) {
				await writesTheSame(t, seed);
			}
		});
	}
}
