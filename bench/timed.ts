import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program to be measured. */
export type Command = {
	readonly words: readonly [string, ...string[]];
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
};

export type Sample = {
	readonly seconds: number;
	/** Of the program and what it waited for, on the controller. What it leaves behind as a daemon is not in it. */
	readonly cpuSeconds: number;
	/** The most memory that the program itself had. */
	readonly peakMegabytes: number;
};

export type Outcome = Sample & { readonly code: number | null; readonly output: string };

/** Longer than any peer needs for a hundred hosts. */
const limitSeconds = 3600;

/** The group of what is being measured. */
let running: number | undefined;

/** The bench is interrupted: nothing goes on without it. */
export function endRunning(): void {
	if (running !== undefined) {
		process.kill(-running, 'SIGTERM');
	}
}

/** Run a program to its end and tell what it cost. The environment is this one, less what leads to agents. */
export async function timed({ words, cwd, env }: Command): Promise<Outcome> {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-timed-'));
	const times = join(folder, 'times');
	const { SSH_AUTH_SOCK: _agent, ...inherited } = process.env;
	const started = process.hrtime.bigint();
	const child = spawn('sh', ['-c', '"$@"; code=$?; times >"$0"; exit $code', times, ...words], {
		cwd,
		env: { ...inherited, NO_COLOR: '1', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		// In a group of its own, so that what it ends is only its own.
		detached: true,
		timeout: limitSeconds * 1000,
	});
	running = child.pid;
	let output = '';
	const keep = (chunk: Buffer): void => {
		output = `${output}${chunk.toString()}`.slice(-20_000);
	};
	child.stdout.on('data', keep);
	child.stderr.on('data', keep);
	let peak = 0;
	const watching = setInterval(() => {
		peak = Math.max(peak, peakKilobytes(child.pid));
	}, 50);
	const { code, seconds } = await new Promise<{ code: number | null; seconds: number }>((resolve, reject) => {
		child.once('error', reject);
		// Not "close": a daemon that keeps our pipe open is not what is measured.
		child.once('exit', (status) =>
			resolve({ code: status, seconds: Number(process.hrtime.bigint() - started) / 1e9 }),
		);
	});
	clearInterval(watching);
	running = undefined;
	child.stdout.destroy();
	child.stderr.destroy();
	const cpuSeconds = code === null ? 0 : childSeconds(readFileSync(times, 'utf8'));
	rmSync(folder, { recursive: true });
	return { seconds, cpuSeconds, peakMegabytes: peak / 1024, code, output };
}

/** `times` prints `0m1.5s 0m0.5s` for the shell itself, then for what it waited for. */
const childSeconds = (text: string): number =>
	[...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
		(sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
		0,
	);

function peakKilobytes(shell: number | undefined): number {
	try {
		const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}
