import type { Answer, SharedQuestion } from '../module/shared-question.ts';
import type { Raw } from './frames.ts';
import { exports } from './input.ts';
import { plainLocale, subshell } from './protocol.ts';
import { groups, users } from './reads/accounts.ts';
import { working } from './reads/command.ts';
import { content, sha256, stat } from './reads/files.ts';
import type { Kind } from './reads/kind.ts';
import { packages } from './reads/packages.ts';
import { sysctl } from './reads/sysctl.ts';
import { units } from './reads/units.ts';
import type { As } from './types.ts';

/** A part of a request: one process on the host, and whoever waits for it. */
export type Part = {
	/** Shell text, as of a frame. */
	readonly work: string;
	/** Gives what is to be asked again, in other words. */
	readonly settle: (raw: Raw) => readonly Part[];
	readonly fail: (error: unknown) => void;
	/** It was sent once, and its shell ended. */
	tried?: boolean;
};

type Waiting<T> = { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void };

type Entry<A> = readonly [name: string, waiting: Waiting<A>];

/** What a name may weigh in the arguments of one process: Linux allows 2 MiB for all, 128 KiB for one shell line. */
const longest = 96 * 1024;

/** How names are asked for, and what was answered. */
type Asking<A> = {
	/** Shell text, as of a frame. */
	work(names: readonly string[]): string;
	answers(names: readonly string[], raw: Raw): readonly Answer<A>[];
};

/** All questions of one kind that travel together. */
class Bundle<A> {
	readonly #asking: Asking<A>;
	readonly #waiting = new Map<string, Waiting<A>>();
	constructor(asking: Asking<A>) {
		this.#asking = asking;
	}

	ask(name: string): Promise<A> {
		return new Promise((resolve, reject) => {
			this.#waiting.set(name, { resolve, reject });
		});
	}

	parts(): Part[] {
		return this.#chunks().map((chunk) => this.#part(chunk));
	}

	#part(chunk: readonly Entry<A>[]): Part {
		const names = chunk.map(([name]) => name);
		return {
			work: this.#asking.work(names),
			settle: (raw) => {
				return this.#asking.answers(names, raw).flatMap((answer, index) => {
					const entry = chunk[index];
					if (entry === undefined) {
						return [];
					}

					if ('askAlone' in answer) {
						return [this.#part([entry])];
					}

					const [, { resolve, reject }] = entry;
					if ('value' in answer) {
						resolve(answer.value);
					} else {
						reject(answer.failure);
					}

					return [];
				});
			},
			fail: (error) => {
				for (const [, { reject }] of chunk) {
					reject(error);
				}
			},
		};
	}

	#chunks(): Entry<A>[][] {
		const chunks: Entry<A>[][] = [];
		let weight = Number.POSITIVE_INFINITY;
		for (const entry of this.#waiting) {
			weight += entry[0].length;
			if (weight > longest) {
				chunks.push([]);
				weight = entry[0].length;
			}

			chunks.at(-1)?.push(entry);
		}

		return chunks;
	}
}

const known = <A>(kind: Kind<A>): Bundle<A> =>
	new Bundle({
		work: (names) => `${subshell(kind.line(names), plainLocale)} </dev/null`,
		answers: (names, raw) => kind.answers(names, raw),
	});

/** What is asked in one request: one process for each kind, and one for each command. */
export class Questions {
	readonly stat = known(stat(false));
	readonly statFollowing = known(stat(true));
	readonly sha256 = known(sha256);
	readonly content = known(content);
	readonly package = known(packages);
	readonly unit = known(units);
	readonly sysctl = known(sysctl);
	readonly user = known(users);
	readonly group = known(groups);
	readonly #shared = new Map<string, Bundle<unknown>>();
	readonly #commands: Part[];

	/** @param again parts of a request whose shell ended */
	constructor(again: readonly Part[] = []) {
		this.#commands = [...again];
	}

	/** A question that a module brings along. Those of one name have the same answers. */
	shared<A>(question: SharedQuestion<A>, environment: As['environment'], subject: string): Promise<A> {
		const key = JSON.stringify([question.name, exports(environment)]);
		const bundle =
			(this.#shared.get(key) as Bundle<A> | undefined) ??
			new Bundle<A>({
				work: (names) => working(question.command(names), environment, 'plain'),
				answers: (names, raw) => question.answers(names, raw.output),
			});
		this.#shared.set(key, bundle as Bundle<unknown>);
		return bundle.ask(subject);
	}

	/** @param work shell text */
	command(work: string): Promise<Raw> {
		return new Promise((resolve, fail) => {
			this.#commands.push({
				work,
				settle: (raw) => {
					resolve(raw);
					return [];
				},
				fail,
			});
		});
	}

	/** Kinds first: a command may take its time. */
	parts(): readonly Part[] {
		return [
			this.stat,
			this.statFollowing,
			this.package,
			this.unit,
			this.sysctl,
			this.user,
			this.group,
			this.sha256,
			this.content,
			...this.#shared.values(),
		]
			.flatMap((bundle: { parts(): Part[] }) => bundle.parts())
			.concat(this.#commands);
	}
}
