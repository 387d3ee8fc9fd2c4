import { randomBytes } from 'node:crypto';
import type { Channel, Connection } from '../connection/types.ts';
import { TaskFailed } from '../errors.ts';
import { quote } from '../shell/command.ts';
import type { Secret } from '../shell/secret.ts';

/** The login user was not allowed to become the user that a task needs. */
export class BecomeFailed extends TaskFailed {
	override readonly name = 'BecomeFailed';
}

export type BecomeMethod = 'sudo' | 'su' | 'doas';

export type Becoming = {
	readonly user: string;
	readonly method: BecomeMethod;
	/** Asked for only when the host asks. */
	readonly password: () => Promise<Secret | undefined>;
	/** Name of the host, for messages. */
	readonly host: string;
	/** Seconds until it is given up; 20 when not given. */
	readonly timeout?: number | undefined;
};

const methods: Readonly<Record<BecomeMethod, (user: string, prompt: string, line: string) => string>> = {
	sudo: (user, prompt, line) => `sudo -S -p ${prompt} -H -u ${quote(user)} /bin/sh -c ${quote(line)}`,
	su: (user, _prompt, line) => `su -s /bin/sh -c ${quote(line)} ${quote(user)}`,
	doas: (user, _prompt, line) => `doas -n -u ${quote(user)} /bin/sh -c ${quote(line)}`,
};

/**
 * A program run as another user. The password is sent only after a prompt was seen: a host that does not ask would
 * otherwise run it as a command. It is sent once; a second try could lock the account.
 * @throws BecomeFailed
 */
export async function openAs(start: Connection['open'], becoming: Becoming, line: string): Promise<Channel> {
	const { user, method, host } = becoming;
	const ready = randomBytes(16).toString('hex');
	const prompt = randomBytes(16).toString('hex');
	// In halves, so that an error message that quotes the line is not taken for the word.
	const program = `printf %s%s ${ready.slice(0, 16)} ${ready.slice(16)} >&2; ${line}`;
	const become = methods[method](user, prompt, program);
	const script = `[ "$(id -un)" != ${quote(user)} ] || exec /bin/sh -c ${quote(program)}; exec ${become}`;
	const channel = await start(`exec /bin/sh -c ${quote(script)}`);
	// su asks in the host's language.
	const passwordPrompt = method === 'su' ? /[:：] ?$/ : new RegExp(prompt);

	return new Promise((resolve, reject) => {
		let said = '';
		let asked = false;
		const early: Buffer[] = [];
		const fail = (why: string, hint?: string): void => {
			stop();
			channel.destroy();
			reject(new BecomeFailed(`cannot become ${user} on ${host} by ${method}: ${why}`, { hint }));
		};

		const answer = async (): Promise<void> => {
			// A person may be asked for it, and takes the time that a person takes.
			clearTimeout(timer);
			const password = await becoming.password();
			timer = expire();
			if (password === undefined) {
				fail(
					'it asks for a password and none was given',
					'use --ask-become-pass, or set ansible_become_password to a secret',
				);
				return;
			}

			channel.stdin.write(`${password.reveal()}\n`);
		};

		const listen = (chunk: Buffer): void => {
			said += chunk.toString();
			const at = said.indexOf(ready);
			if (at !== -1) {
				stop();
				// What follows the word is already the program's own.
				const rest = Buffer.from(said.slice(at + ready.length));
				if (rest.length > 0) {
					channel.stderr.unshift(rest);
				}

				if (early.length > 0) {
					channel.stdout.unshift(Buffer.concat(early));
				}

				resolve(channel);
				return;
			}

			if (!passwordPrompt.test(said)) {
				return;
			}

			if (asked) {
				fail(
					'the password was not accepted',
					'give the right one with --ask-become-pass or ansible_become_password; it was tried once only, so that no account gets locked',
				);
				return;
			}

			asked = true;
			said = '';
			answer().catch((error: unknown) => fail(String(error)));
		};

		// SSH tells the end of a program only to those who have read all that it said.
		const keep = (chunk: Buffer): void => {
			early.push(chunk);
		};

		const expire = () =>
			setTimeout(
				() => fail(`no answer within ${becoming.timeout ?? 20} s${tail(said)}`),
				(becoming.timeout ?? 20) * 1000,
			);
		let timer = expire();
		const stop = (): void => {
			clearTimeout(timer);
			channel.stderr.off('data', listen);
			channel.stdout.off('data', method === 'su' ? listen : keep);
			channel.stderr.pause();
			channel.stdout.pause();
		};

		channel.stderr.on('data', listen);
		channel.stdout.on('data', method === 'su' ? listen : keep);
		void channel.closed.then(({ code }) => fail(explain(said, code, asked), becomeHint(method, user, said)));
	});
}

const tail = (said: string): string => (said.trim() === '' ? '' : `; it said: ${said.trim().slice(-300)}`);

function explain(said: string, code: number | undefined, asked: boolean): string {
	const text = said.trim();
	if (asked && (text === '' || /incorrect|failure|sorry/i.test(text))) {
		return 'the password was not accepted';
	}

	return text === '' ? `it ended with code ${code ?? 'unknown'} and said nothing` : text.slice(-300);
}

/** What to do when a user could not be become, by what the program said about it. */
export function becomeHint(method: BecomeMethod, user: string, said: string): string | undefined {
	if (
		/unknown user|does not exist|no passwd entry|unknown login|unknown uid|user '[^']*' not found/i.test(said)
	) {
		return `correct become_user, or make the user before this task: user: {name: ${user}}`;
	}

	if (/not in the sudoers|not allowed to|may not run|I'm afraid I can't do that/i.test(said)) {
		return `let the login user become ${user} in sudoers, or log in as ${user}: remote_user: ${user}`;
	}

	if (/not found|no such file/i.test(said)) {
		return `install ${method} on the host, log in as ${user} (remote_user: ${user}), or name what is there in the inventory: ansible_become_method: ${method === 'su' ? 'sudo' : 'su'}`;
	}

	if (/must have a tty/i.test(said)) {
		return 'its sudoers have requiretty, which keeps no attacker out: write "Defaults:USER !requiretty" for the login user (visudo), or log in as the user itself';
	}

	return method === 'doas' && /authori[sz]ation|tty/i.test(said)
		? 'doas asks for passwords only at a terminal: allow it with "permit nopass", or use ansible_become_method: sudo'
		: undefined;
}
