import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Step } from '../module/contract.ts';
import type { Role, TaskNode } from '../playbook/types.ts';
import type { As, Session } from '../session/types.ts';
import { any, silencing } from '../shell/combine.ts';
import { Command, sh } from '../shell/command.ts';

/**
 * The handlers of a play and who has notified them. A notification is written to the host before the change that
 * causes it, and taken away when the handler has run: a run that dies in between leaves it behind, and the next
 * run does it.
 */
export class Handlers {
	readonly #handlers: TaskNode[];
	readonly #playbook: string;

	constructor(handlers: readonly TaskNode[], playbook: string) {
		this.#handlers = [...handlers];
		this.#playbook = basename(playbook);
	}

	/** In order of definition. */
	get list(): readonly TaskNode[] {
		return this.#handlers;
	}

	/** Handlers of a role or file that was included at run time. */
	add(handlers: readonly TaskNode[]): void {
		const known = new Set(this.#handlers.map(({ id }) => id));
		this.#handlers.push(...handlers.filter(({ id }) => !known.has(id)));
	}

	/** The handlers that `notify: NAME` of a task means: its own role's first, else any of that name or topic. */
	named(name: string, role: Role | undefined): readonly TaskNode[] {
		const matching = this.#handlers.filter(
			(handler) =>
				handler.name === name ||
				handler.listen.includes(name) ||
				(handler.role !== undefined && `${handler.role.name} : ${handler.name}` === name),
		);
		const own = matching.filter((handler) => handler.role?.path === role?.path);
		const named = own.length > 0 ? own : matching;
		// Of several with one name the last counts, as in Ansible; all that listen to a topic run.
		const byName = named.filter((handler) => !handler.listen.includes(name));
		return [...named.filter((handler) => handler.listen.includes(name)), ...byName.slice(-1)];
	}

	/** How a notification is known on the host: the same in every run of the same role or playbook. */
	key(handler: TaskNode): string {
		return `${handler.role?.name ?? this.#playbook}: ${handler.name}`;
	}
}

// Root's record where root acts, the login user's where only that one does.
const folderOf = (as: As): string =>
	as.user === undefined ? '"${HOME:-/tmp}"/.local/state/g2pbook/pending' : '/var/lib/g2pbook/pending';

const nameOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);

/** Who keeps the record for tasks that run as `as`. */
export const recorder = ({ user }: As): As => (user === undefined ? {} : { user: 'root' });

/** Steps that note on the host that these handlers have to run. */
export const recording = (keys: readonly string[], as: As): readonly Step[] =>
	keys.map(
		(key) =>
			new Command(
				`umask 022; mkdir -p ${folderOf(as)} && printf '%s\\n' ${sh`${key}`.line} > ${folderOf(as)}/${nameOf(key)} && { sync ${folderOf(as)}/${nameOf(key)} 2>/dev/null || :; }`,
			),
	);

/** Steps that take these notes away again, whoever wrote them. */
export const clearing = (keys: readonly string[], as: As): readonly Step[] => [
	new Command(keys.map((key) => `rm -f ${folderOf(as)}/${nameOf(key)}`).join('; ')),
];

/** What is noted on a host, with who wrote it. @throws Unreachable */
export async function recordsOn(session: Session): Promise<ReadonlyMap<string, As>> {
	const reader = session.reader();
	const look = async (as: As): Promise<readonly (readonly [string, As])[]> => {
		const { stdout } = await reader.read(any(silencing(new Command(`cat ${folderOf(as)}/*`)), sh`true`));
		return stdout
			.split('\n')
			.filter((line) => line !== '')
			.map((key) => [key, as]);
	};
	return new Map((await Promise.all([look({ user: 'root' }), look({})])).flat());
}
