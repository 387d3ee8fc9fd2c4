// `npm run bench`: what g2pbook costs beside what else there is, measured in one run. See docs/performance.md.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, first, noop, push, scale, start, wan } from './cases.ts';
import { Hosts } from './hosts.ts';
import { ansible, mitogen } from './peers/ansible.ts';
import { g2pbook } from './peers/g2pbook.ts';
import type { Peer } from './peers/peer.ts';
import { pyinfra } from './peers/pyinfra.ts';
import { raw } from './peers/raw.ts';
import { type Cell, summaries, table } from './table.ts';
import { endRunning } from './timed.ts';

const usage = `npm run bench -- [options]

  --case NAMES     of noop, first, wan, push, scale, start (all)
  --hosts NUMBERS  how many hosts noop and first have (1,4,20,100; first: up to 20)
  --peers NAMES    of raw, pyinfra, mitogen, ansible (all); we are always there
  --runs NUMBER    how often (3); a peer that has used 100 s for one thing is not asked
                   for it again, nor to do it on more hosts
  --json FILE      all samples
  --program FILE   our program (dist/main.js)
  --fresh          install the newest peers again
`;

const names = ['noop', 'first', 'wan', 'push', 'scale', 'start'];
const peers: Readonly<Record<string, (isFresh: boolean) => Peer>> = { raw, pyinfra, mitogen, ansible };
const scales = [100, 1000];
const root = join(import.meta.dirname, '..');

const { values } = parseArgs({
	options: {
		case: { type: 'string', default: names.join() },
		hosts: { type: 'string', default: '1,4,20,100' },
		peers: { type: 'string', default: Object.keys(peers).join() },
		runs: { type: 'string', default: '3' },
		json: { type: 'string' },
		program: { type: 'string', default: join(root, 'dist', 'main.js') },
		fresh: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	},
});

if (values.help) {
	process.stdout.write(usage);
} else {
	try {
		await main();
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = 1;
	}
}

async function main(): Promise<void> {
	const cases = listed('--case', values.case, names);
	const counts = values.hosts.split(',').map(Number);
	const runs = Number(values.runs);
	if (![...counts, runs].every((count) => Number.isInteger(count) && count > 0 && count < 4000)) {
		throw new Error('--hosts and --runs are whole numbers from 1');
	}

	const absent: Cell[] = [];
	const present = [g2pbook(values.program)];
	for (const name of values.peers === '' ? [] : listed('--peers', values.peers, Object.keys(peers))) {
		try {
			const peer = peers[name]?.(values.fresh);
			present.push(...(peer === undefined ? [] : [peer]));
		} catch (error) {
			const problem = error instanceof Error ? error.message : String(error);
			absent.push({ case: 'all', hosts: undefined, peer: name, samples: [], problem });
		}
	}

	const most = Math.max(4, ...counts, ...(cases.includes('scale') ? scales : []));
	const hosts = await Hosts.start(most);
	const stop = (): void => {
		endRunning();
		hosts.stop();
		process.exit(130);
	};
	process.once('SIGINT', stop).once('SIGTERM', stop);
	const cells: Cell[] = [];
	try {
		for (const name of cases) {
			cells.push(...(await measured(name, { hosts, peers: present, runs }, counts)));
		}
	} finally {
		hosts.stop();
		tell([...cells, ...absent], present);
	}

	process.exitCode = [...cells, ...absent].some(({ problem }) => problem !== undefined) ? 1 : 0;
}

async function measured(name: string, bench: Bench, counts: readonly number[]): Promise<readonly Cell[]> {
	switch (name) {
		case 'noop':
			return await inTurn(counts, (count) => noop(bench, count));
		case 'first':
			return await inTurn(
				counts.filter((count) => count <= 20),
				(count) => first(bench, count),
			);
		case 'wan':
			return await wan(bench);
		case 'push':
			return await push(bench);
		case 'scale':
			return await inTurn(scales, (count) => scale(bench, count));
		default: {
			const site = join(root, 'playbooks', 'prod-minimum.yml');
			return await start(bench, values.program, `${site} -i ${join(root, 'inventories', 'prod')}`);
		}
	}
}

async function inTurn(
	counts: readonly number[],
	measureOne: (count: number) => Promise<readonly Cell[]>,
): Promise<readonly Cell[]> {
	const cells: Cell[] = [];
	for (const count of counts) {
		cells.push(...(await measureOne(count)));
	}

	return cells;
}

function tell(cells: readonly Cell[], present: readonly Peer[]): void {
	const all = summaries(cells);
	const versions = Object.fromEntries(present.map(({ name, version }) => [name, version]));
	const machine = `${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`;
	process.stdout.write(`\n${machine}\n`);
	for (const [name, version] of Object.entries(versions)) {
		process.stdout.write(`${name}: ${version}\n`);
	}

	process.stdout.write(`\n${table(all)}\n`);
	if (values.json !== undefined) {
		writeFileSync(values.json, `${JSON.stringify({ machine, versions, cells: all }, undefined, '\t')}\n`);
	}
}

function listed(option: string, text: string, known: readonly string[]): readonly string[] {
	const wanted = text.split(',');
	const wrong = wanted.filter((name) => !known.includes(name));
	if (wrong.length > 0) {
		throw new Error(`${option}: there is no ${wrong.join(', ')}; known are ${known.join(', ')}`);
	}

	return wanted;
}
