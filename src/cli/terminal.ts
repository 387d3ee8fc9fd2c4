import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { TaskInfo } from '../engine/events.ts';
import { Secret } from '../shell/secret.ts';

/** Questions to the person at the terminal, one at a time. */
export type Terminal = {
	/** undefined when nobody is there, or input has ended. */
	ask(question: string, echo: boolean): Promise<string | undefined>;
	/** Before a task. */
	step(task: TaskInfo): Promise<'yes' | 'no' | 'all'>;
	/** For sudo; asked once, however often it is wanted. */
	becomePassword(): Promise<Secret | undefined>;
};

/** Questions go to stderr, so that they are seen while stdout goes into a file. `quiet` keeps the report silent. */
export function openTerminal(quiet: { readonly pause: () => void; readonly resume: () => void }): Terminal {
	let last: Promise<unknown> = Promise.resolve();
	let password: Promise<Secret | undefined> | undefined;

	const ask = (question: string, echo: boolean): Promise<string | undefined> => {
		const answer = last.then(async () => {
			if (!process.stdin.isTTY) {
				return undefined;
			}

			quiet.pause();
			try {
				return await read(question, echo);
			} finally {
				quiet.resume();
			}
		});
		last = answer.catch(() => undefined);
		return answer;
	};

	return {
		ask,
		async step({ name, role }) {
			const title = role === undefined ? name : `${role} : ${name}`;
			for (;;) {
				const answer = (await ask(`Do "${title}"? [y]es, [n]o, [a]ll from here: `, true))
					?.trim()
					.toLowerCase();
				if (answer === undefined || answer === 'n' || answer === 'no') {
					return 'no';
				}

				if (answer === 'y' || answer === 'yes') {
					return 'yes';
				}

				if (answer === 'a' || answer === 'all') {
					return 'all';
				}
			}
		},
		becomePassword() {
			password ??= ask('Password for sudo: ', false).then((text) =>
				text === undefined ? undefined : new Secret(text),
			);
			return password;
		},
	};
}

async function read(question: string, echo: boolean): Promise<string | undefined> {
	process.stderr.write(question);
	const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({
		input: process.stdin,
		output: echo ? process.stderr : mute,
		terminal: true,
	});
	try {
		return await new Promise<string | undefined>((resolve) => {
			lines.once('line', resolve);
			lines.once('close', () => resolve(undefined));
			// In raw mode Ctrl-C is a key: it must still interrupt.
			lines.once('SIGINT', () => {
				process.kill(process.pid, 'SIGINT');
				resolve(undefined);
			});
		});
	} finally {
		lines.close();
		if (!echo) {
			process.stderr.write('\n');
		}
	}
}
