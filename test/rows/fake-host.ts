import { createHash } from 'node:crypto';
import { BadInput } from '../../src/errors.ts';
import type { Host, Output, Step } from '../../src/module/contract.ts';
import type { Facts } from '../../src/module/facts.ts';
import type { FileStatus, Package, Unit, UserEntry } from '../../src/module/host-state.ts';
import { ReadFailed } from '../../src/module/impossible.ts';
import { showStep } from '../../src/module/show-step.ts';
import { fakeFacts } from './fake-facts.ts';

/** A file as a row writes it. A text alone is the content of a file with mode 0644 of root. */
export type FakeFile =
	| string
	| (Partial<Omit<FileStatus, 'size'>> & { readonly content?: string | Uint8Array; readonly size?: number });

type Answer = string | Partial<Output>;

/**
 * What a host would answer. A kind that is left out may not be asked for; within a kind, what is not named does
 * not exist: `files: {}` is a host on which no file is there.
 */
export type FakeHost = {
	readonly name?: string;
	readonly facts?: Partial<Facts>;
	readonly files?: Readonly<Record<string, FakeFile>>;
	/** A text alone is the version. */
	readonly packages?: Readonly<Record<string, string | Package>>;
	readonly units?: Readonly<Record<string, Partial<Unit>>>;
	readonly sysctl?: Readonly<Record<string, string>>;
	readonly users?: Readonly<Record<string, Partial<UserEntry>>>;
	readonly groups?: Readonly<
		Record<string, number | { readonly gid: number; readonly members: readonly string[] }>
	>;
	/** By the line of the command (or by the shown step, for verbs). A text alone is the stdout of a success. */
	readonly commands?: Readonly<Record<string, Answer>>;
};

const everyCode = Array.from({ length: 256 }, (_, code) => code);

const unit: Unit = { active: 'active', enabled: 'enabled', load: 'loaded', needsReload: false };
const user: UserEntry = {
	uid: 1000,
	gid: 1000,
	comment: '',
	home: '/home/user',
	shell: '/bin/sh',
	primaryGroup: 'user',
	groups: [],
};

/** A host that answers as described and notes in `performed` what a verb does. */
export function hostFrom(fake: FakeHost = {}, performed: (Step | string)[] = []): Host {
	const { files, packages, units, sysctl, users, groups, commands = {} } = fake;
	const fileAt = (path: string, follow: boolean): Exclude<FakeFile, string> | undefined => {
		const found = known(files, 'files')[path];
		const file = typeof found === 'string' ? { content: found } : found;
		return follow && file?.target !== undefined ? fileAt(file.target, true) : file;
	};

	const plainFileAt = (path: string) => {
		const file = fileAt(path, true);
		if (file?.type === 'directory') {
			throw new ReadFailed(`${path}: Is a directory`);
		}

		return file;
	};

	return {
		name: fake.name ?? 'web1',
		facts: async () => ({ ...fakeFacts, ...fake.facts }),
		async read(command, { ok = [0] } = {}) {
			const found = commands[command.line];
			if (found === undefined) {
				throw new BadInput(`the row has no answer for: ${command.line}`);
			}

			const output = outputOf(found);
			if (!ok.includes(output.code)) {
				throw new ReadFailed(`${command.line} ended with code ${output.code}: ${output.stderr}`);
			}

			return output;
		},
		async ask(question, subject) {
			const command = question.command([subject]);
			const [answer] = question.answers([subject], await this.read(command, { ok: everyCode }));
			if (answer === undefined || !('value' in answer)) {
				throw answer !== undefined && 'failure' in answer
					? answer.failure
					: new BadInput('it was asked alone');
			}

			return answer.value;
		},
		async stat(path, { follow = false } = {}) {
			const file = fileAt(path, follow);
			return file && statusOf(file);
		},
		async sha256(path) {
			const file = plainFileAt(path);
			return (
				file &&
				createHash('sha256')
					.update(file.content ?? '')
					.digest('hex')
			);
		},
		async content(path) {
			const file = plainFileAt(path);
			return file && Buffer.from(file.content ?? '');
		},
		async package(name) {
			const found = known(packages, 'packages')[name];
			return typeof found === 'string' ? { version: found, held: false } : found;
		},
		async unit(name) {
			const found = known(units, 'units')[name];
			return found && { ...unit, ...found };
		},
		sysctl: async (key) => known(sysctl, 'sysctl')[key],
		async user(name) {
			const found = known(users, 'users')[name];
			return found && { ...user, ...found };
		},
		async group(name) {
			const found = known(groups, 'groups')[name];
			return typeof found === 'number' ? { gid: found, members: [] } : found;
		},
		async perform(step) {
			performed.push(step);
			return outputOf(commands[showStep(step)] ?? '');
		},
		async reconnect({ timeout, delay }) {
			performed.push(`reconnect (timeout ${timeout} s, delay ${delay} s)`);
		},
	};
}

function known<T>(
	values: Readonly<Record<string, T>> | undefined,
	kind: string,
): Readonly<Record<string, T | undefined>> {
	if (values === undefined) {
		throw new BadInput(`the row says nothing about ${kind} of the host`);
	}

	return values;
}

const outputOf = (answer: Answer): Output => ({
	code: 0,
	stdout: '',
	stderr: '',
	...(typeof answer === 'string' ? { stdout: answer } : answer),
});

const statusOf = ({ content, ...status }: Exclude<FakeFile, string>): FileStatus => ({
	type: status.target === undefined ? 'file' : 'link',
	mode: '0644',
	owner: 'root',
	group: 'root',
	uid: 0,
	gid: 0,
	size: Buffer.from(content ?? '').length,
	modified: 0,
	...status,
});
