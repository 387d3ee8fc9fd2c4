import { pipeline } from 'node:stream/promises';
import { within } from '../connection/promises.ts';
import type { Channel } from '../connection/types.ts';
import { TaskFailed } from '../errors.ts';
import { quote } from '../shell/command.ts';
import { ResidentGone } from './frames.ts';
import { uploadFunctions } from './protocol.ts';
import type { Load } from './steps.ts';

/** A large file on the host that goes away when its step is done, or its channel is gone. */
export type Staged = { readonly release: () => void };

/**
 * Sends a large content on a channel of its own, at the pace that the host takes it, beside its target (no second
 * copy, and a full disk shows before anything is replaced) or in the session's folder. The program at the other end
 * waits after the last byte, and removes the file when the channel closes, whoever closed it.
 * @throws TaskFailed when the host cannot take it whole; ResidentGone when its channel was cut off
 */
export async function stage(
	load: Load,
	options: {
		readonly open: (line: string) => Promise<Channel>;
		/** The session's folder on the host. */
		readonly folder: string;
		readonly signal: AbortSignal;
		readonly count: (bytes: number) => void;
	},
): Promise<Staged> {
	const place =
		load.beside === undefined
			? `_n=${options.folder}/blob.${load.id}; trap 'rm -f -- "$_n"' EXIT; trap 'exit 143' HUP INT TERM PIPE`
			: `_gd=; ${uploadFunctions}_gt ${load.id} ${quote(load.beside)}`;
	const receive = `umask 077; set -C; head -c ${load.source.size} >"$_n" && sha256sum <"$_n" && read -r _`;
	const channel = await options.open(`exec /bin/sh -c ${quote(`${place}; ${receive}`)}`);
	const give = (): void => channel.destroy();
	options.signal.addEventListener('abort', give, { once: true });
	let complaint = '';
	channel.stderr.on('data', (chunk: Buffer) => {
		complaint += chunk.toString();
	});
	const hash = firstLine(channel);
	// Becoming another user has paused them, and a stream that was paused does not flow by itself again.
	channel.stdout.resume();
	channel.stderr.resume();
	const cut = await send(load, channel, options.count);
	const seen = (await hash).slice(0, 64);
	options.signal.removeEventListener('abort', give);
	if (seen !== load.source.sha256()) {
		// At the end of its input the program removes what it has.
		channel.stdin.end();
		const ended = await within(3, channel.closed);
		channel.destroy();
		const cancelled = options.signal.aborted ? String(options.signal.reason) : undefined;
		if (cancelled === undefined && ended !== undefined && ended.code === undefined && complaint === '') {
			throw new ResidentGone(ended.reason ?? 'it was cut off', 'ended');
		}

		throw failure(load, cancelled, complaint, cut);
	}

	return { release: () => channel.stdin.end() };
}

function failure(
	{ beside }: Load,
	cancelled: string | undefined,
	complaint: string,
	cut: string | undefined,
): TaskFailed {
	const what = beside ?? 'a large input';
	const hint = 'the file on the host is as it was';
	if (cancelled !== undefined) {
		return new TaskFailed(`${cancelled}: ${what} was not sent to its end`, { hint });
	}

	return complaint === ''
		? new TaskFailed(`${what} did not arrive whole: ${cut ?? 'its content changed on the way'}`, { hint })
		: new TaskFailed(`${what} cannot be written: ${complaint.trim()}`, { hint });
}

/** Gives why not everything was sent. */
async function send(
	load: Load,
	channel: Channel,
	count: (bytes: number) => void,
): Promise<string | undefined> {
	let sent = 0;
	const counting = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
		for await (const chunk of chunks) {
			sent += chunk.length;
			count(chunk.length);
			yield chunk;
		}
	};
	const problem = await pipeline(load.source.stream(), counting, channel.stdin, { end: false }).then(
		() => (sent === load.source.size ? undefined : 'it became shorter while it was read'),
		(error: unknown) => String(error),
	);
	if (sent < load.source.size) {
		// The other end still waits for the rest.
		channel.stdin.end();
	}

	return problem;
}

/** Resolves with what was said until the line or the channel ended. */
function firstLine(channel: Channel): Promise<string> {
	return new Promise((resolve) => {
		let text = '';
		channel.stdout.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			if (text.includes('\n')) {
				resolve(text);
			}
		});
		void channel.closed.then(() => resolve(text));
	});
}
