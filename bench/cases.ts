import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, Hosts } from './hosts.ts';
import { type Attempt, measure } from './measure.ts';
import type { Estate, Peer } from './peers/peer.ts';
import { Proxies } from './proxy.ts';
import type { Cell } from './table.ts';
import { difference, type Tree, treeOf } from './tree.ts';
import { blobBytes } from './work.ts';

/** What is measured, by whom, how often. */
export type Bench = {
	readonly hosts: Hosts;
	/** Ours comes first: what it leaves is what the others must leave. */
	readonly peers: readonly Peer[];
	readonly runs: number;
};

type Scene = { readonly label: string; readonly all: readonly Host[]; readonly peers: readonly Peer[] };

/** The work where it is done already. */
export async function noop(bench: Bench, count: number): Promise<readonly Cell[]> {
	return await converged(bench, sceneOf(bench, 'noop', count));
}

/** The work where nothing is done yet. */
export async function first(bench: Bench, count: number): Promise<readonly Cell[]> {
	return await fromNothing(bench, sceneOf(bench, 'first', count));
}

/** Both over a long line. */
export async function wan(bench: Bench): Promise<readonly Cell[]> {
	const near = bench.hosts.all.slice(0, 4);
	const proxies = await Proxies.start(near, bench.hosts.login.port);
	bench.hosts.trust(proxies.hosts.map(({ address }) => address));
	try {
		const scene = { all: proxies.hosts, peers: bench.peers };
		return [
			...(await converged(bench, { ...scene, label: 'wan noop' })),
			...(await fromNothing(bench, { ...scene, label: 'wan first' })),
		];
	} finally {
		proxies.stop();
	}
}

/** A big file to four hosts, and once more when it is there. */
export async function push(bench: Bench): Promise<readonly Cell[]> {
	const scene = sceneOf(bench, 'push', 4);
	const file = join(bench.hosts.folder, 'blob');
	const blob = randomBytes(blobBytes);
	writeFileSync(file, blob);
	const checksum = createHash('sha256').update(blob).digest('hex');
	const check = (): string | undefined =>
		scene.all.every(({ root }) => checksumOf(join(root, 'big')) === checksum)
			? undefined
			: 'a host has another file';
	const attempts = scene.peers.flatMap((peer): readonly Attempt[] => {
		const estate = estateFor(bench, scene, peer);
		const shared = { hosts: 4, peer: peer.name, command: peer.push(estate, file), check };
		const after = (): void => peer.after?.(estate);
		return [
			{ ...shared, case: 'push', after, before: () => bench.hosts.wipe(scene.all) },
			{ ...shared, case: 'push again', after },
		];
	});
	return await measure(attempts, bench.runs);
}

const checksumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The converged work on very many hosts, by us only. */
export async function scale(bench: Bench, count: number): Promise<readonly Cell[]> {
	return await converged(bench, { ...sceneOf(bench, 'scale', count), peers: bench.peers.slice(0, 1) });
}

/** Programs that talk to no host. */
export async function start(bench: Bench, program: string, playbook: string): Promise<readonly Cell[]> {
	const ours = (label: string, ...words: readonly string[]): Attempt => ({
		case: label,
		peer: 'g2pbook',
		command: { words: [process.execPath, program, ...words], cwd: '/' },
	});
	return await measure(
		[
			...bench.peers.flatMap(({ name, start: command }): readonly Attempt[] =>
				command === undefined ? [] : [{ case: 'start --version', peer: name, command }],
			),
			ours('start --help', '--help'),
			ours('start plan', 'plan', ...playbook.split(' ')),
		],
		bench.runs,
	);
}

async function converged(bench: Bench, scene: Scene): Promise<readonly Cell[]> {
	const before = await reference(bench, scene);
	bench.hosts.save();
	return await measure(
		scene.peers.map((peer) => ({
			...attempt(bench, scene, peer),
			check: () => {
				const now = treeOf(scene.all);
				const other = difference(before, now, 'state');
				const written = difference(before, now, 'written');
				if (written !== undefined) {
					// The next peer shall find the work done.
					bench.hosts.restore();
				}

				return other !== undefined
					? `left another state: ${other}`
					: written && `wrote although there was nothing to do: ${written}`;
			},
		})),
		bench.runs,
	);
}

async function fromNothing(bench: Bench, scene: Scene): Promise<readonly Cell[]> {
	const wanted = await reference(bench, scene);
	return await measure(
		scene.peers.map((peer) => ({
			...attempt(bench, scene, peer),
			before: () => bench.hosts.wipe(scene.all),
			check: () => {
				const other = difference(wanted, treeOf(scene.all), 'state');
				return other && `left another state: ${other}`;
			},
		})),
		bench.runs,
	);
}

/** The work done by us, from nothing. */
async function reference(bench: Bench, scene: Scene): Promise<Tree> {
	const [ours] = scene.peers;
	if (ours === undefined) {
		throw new Error('nobody is to be measured');
	}

	bench.hosts.wipe(scene.all);
	const [cell] = await measure([{ ...attempt(bench, scene, ours), case: `${scene.label}: prepare` }], 1);
	if (cell?.problem !== undefined) {
		throw new Error(`the hosts could not be prepared: ${cell.problem}`);
	}

	return treeOf(scene.all);
}

function attempt(bench: Bench, scene: Scene, peer: Peer): Attempt {
	const estate = estateFor(bench, scene, peer);
	return {
		case: scene.label,
		hosts: scene.all.length,
		peer: peer.name,
		command: peer.work(estate),
		after: () => peer.after?.(estate),
	};
}

const sceneOf = (bench: Bench, label: string, count: number): Scene => ({
	label,
	all: bench.hosts.all.slice(0, count),
	peers: bench.peers,
});

function estateFor({ hosts }: Bench, { label, all }: Scene, peer: Peer): Estate {
	// Short: the sockets of OpenSSH are in it, and their paths may have 108 bytes.
	const folder = join(hosts.folder, 'w', peer.name, `${label.replaceAll(' ', '-')}${all.length}`);
	mkdirSync(folder, { recursive: true });
	return { folder, hosts: all, login: hosts.login };
}
