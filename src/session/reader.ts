import { createHash } from 'node:crypto';
import type { Reader } from '../module/contract.ts';
import type { Command } from '../shell/command.ts';
import { bytesOf, exports } from './input.ts';
import type { Lane } from './lane.ts';
import { readFailed } from './read-failed.ts';
import { working } from './reads/command.ts';
import { hintFor } from './reads/kind.ts';
import type { As } from './types.ts';

/**
 * What a module sees of a host. The same question is asked once until the session forgets its answers; a failure is
 * not an answer.
 */
export function readerOf(
	lane: Lane,
	as: As | undefined,
	answers: Map<string, Promise<unknown>>,
): Omit<Reader, 'facts'> {
	const once = <A>(kind: string, name: string, ask: () => Promise<A>): Promise<A> => {
		const key = JSON.stringify([as?.user ?? null, kind, name]);
		// What is kept under a key was asked by the same function, so it has the same type.
		const known = answers.get(key) as Promise<A> | undefined;
		if (known !== undefined) {
			return known;
		}

		const answer = ask();
		answers.set(key, answer);
		answer.catch(() => {
			if (answers.get(key) === answer) {
				answers.delete(key);
			}
		});
		return answer;
	};

	return {
		async read(command, { ok = [0] } = {}) {
			const output = await once('read', keyOf(command, as), async () => {
				const raw = await lane.questions().command(working(command, as?.environment, 'plain'));
				return raw.output;
			});
			if (!ok.includes(output.code)) {
				throw readFailed(command.line, output, hintFor(output.stderr));
			}

			return output;
		},
		ask: (question, subject) =>
			once(`ask ${question.name}`, subject, () =>
				lane.questions().shared(question, as?.environment, subject),
			),
		stat: (path, { follow = false } = {}) => {
			const kind = follow ? 'statFollowing' : 'stat';
			return once(kind, path, () => lane.questions()[kind].ask(path));
		},
		sha256: (path) => once('sha256', path, () => lane.questions().sha256.ask(path)),
		content: (path) => once('content', path, () => lane.questions().content.ask(path)),
		package: (name) => once('package', name, () => lane.questions().package.ask(name)),
		unit: (name) => once('unit', name, () => lane.questions().unit.ask(name)),
		sysctl: (key) => once('sysctl', key, () => lane.questions().sysctl.ask(key)),
		user: (name) => once('user', name, () => lane.questions().user.ask(name)),
		group: (name) => once('group', name, () => lane.questions().group.ask(name)),
	};
}

/** Inputs and environments may be large or secret: only their hash is kept. */
function keyOf(command: Command, as: As | undefined): string {
	const hash = createHash('sha256').update(exports(as?.environment)).update('\0');
	return JSON.stringify([
		command.line,
		hash.update(command.input === undefined ? '' : bytesOf(command.input)).digest('hex'),
		command.input === undefined,
	]);
}
