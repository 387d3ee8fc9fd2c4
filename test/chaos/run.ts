import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostRecap, RunEvent } from '../../src/engine/events.ts';
import { environment, repository } from '../fixtures/containers/command-line.ts';
import { testRun } from '../fixtures/containers/reaper.ts';

const program = process.env.G2PBOOK_BUILT
	? [join(repository, 'dist/main.js')]
	: ['--import=tsx', join(repository, 'src/main.ts')];

export type Ended = {
	/** undefined: ended by a signal. */
	readonly code: number | undefined;
	/** What a person sees, errors included. */
	readonly text: string;
	readonly recap: readonly HostRecap[];
	readonly events: readonly RunEvent[];
	/** Milliseconds since the hosts were met. */
	readonly duration: number;
};

/** A run of `g2pbook` as a person starts it, to be broken while it runs. */
export type Running = {
	readonly process: ChildProcess;
	/** Resolves when it has begun to talk to hosts, or has ended. */
	readonly begun: Promise<unknown>;
	readonly ended: Promise<Ended>;
	/** What it has said so far. */
	readonly said: () => string;
};

export function start(playbook: string, inventory: string, words: readonly string[] = []): Running {
	const report = join(testRun().folder, `chaos-${randomBytes(4).toString('hex')}.json`);
	const child = spawn(
		process.execPath,
		[...program, 'run', playbook, '-i', inventory, '--report', `json=${report}`, ...words],
		{ cwd: repository, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
	);
	let text = '';
	let since = Date.now();
	const begun = new Promise<void>((resolve) => {
		child.stdout.once('data', () => {
			since = Date.now();
			resolve();
		});
		child.once('exit', () => resolve());
	});
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			text += chunk.toString();
		});
	}

	const ended = once(child, 'close').then(async ([code]: (number | null)[]) => {
		// A run that was killed did not write the end of its report; without one it met no host.
		const json = code === null ? undefined : await readFile(report, 'utf8').catch(() => undefined);
		const { events, recap } = JSON.parse(json ?? '{"events":[],"recap":[]}') as {
			events: RunEvent[];
			recap: HostRecap[];
		};
		return { code: code ?? undefined, text, recap, events, duration: Date.now() - since };
	});
	return { process: child, begun, ended, said: () => text };
}
