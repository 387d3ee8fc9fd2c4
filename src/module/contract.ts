import type { z } from 'zod';
import type { Command } from '../shell/command.ts';
import type { Secret } from '../shell/secret.ts';
import type { BasicFacts } from './facts.ts';
import type { Brought, FileStatus, Package, Unit, UserEntry } from './host-state.ts';
import type { LocalFile, LocalFolder } from './local-file.ts';
import type { Output } from './output.ts';
import type { SharedQuestion } from './shared-question.ts';

export type { LocalFile } from './local-file.ts';
export type { Output } from './output.ts';

export type Content = string | Uint8Array | Secret | LocalFile;

/**
 * A file put in place whole or not at all: written beside the target with its final owner and mode, checked by
 * `validate`, then renamed over it.
 */
export type Upload = {
	readonly kind: 'upload';
	/** Absolute path on the host. */
	readonly path: string;
	readonly content: Content;
	/** Octal digits such as `0644`. An existing file keeps its own when not given; a new one gets 0644. */
	readonly mode?: string | undefined;
	readonly owner?: string | undefined;
	readonly group?: string | undefined;
	/** A shell line that must succeed on the new file before it is renamed; `%s` stands for its path. */
	readonly validate?: string | undefined;
	/** Keep the old file beside the new one, with a time in its name. */
	readonly backup?: boolean | undefined;
};

/** A program text that an interpreter of its own reads from a file: it may hold secrets and never shows in `ps`. */
export type Script = {
	readonly kind: 'script';
	readonly text: string | Secret | LocalFile;
	/** Words of the interpreter; `/bin/sh` when not given. */
	readonly interpreter?: readonly string[] | undefined;
	readonly arguments?: readonly string[] | undefined;
	readonly chdir?: string | undefined;
	readonly input?: string | Secret | undefined;
};

/** What leads from one state to another: data until a session performs it. */
export type Step = Command | Upload | Script;

/** What `current` may touch: it can look, and has no way to change. Paths are absolute, on the host. */
export type Reader = {
	/** The few facts that modules depend on, asked for once. */
	facts(): Promise<BasicFacts>;
	/**
	 * Run a command that only looks.
	 * @throws ReadFailed when its code is not among `ok` (by default only 0).
	 */
	read(command: Command, options?: { readonly ok?: readonly number[] }): Promise<Output>;
	/**
	 * Ask with all who ask the same: twenty tasks cost one process.
	 * @throws ReadFailed
	 */
	ask<A>(question: SharedQuestion<A>, subject: string): Promise<A>;
	/** undefined when nothing is there. Links are not followed unless asked. */
	stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStatus | undefined>;
	/** SHA-256 of a file in hexadecimal (links followed); undefined when there is none. */
	sha256(path: string): Promise<string | undefined>;
	/** The bytes of a file (links followed); undefined when there is none. */
	content(path: string): Promise<Buffer | undefined>;
	/** A package by the name of the host's package system (dpkg, rpm); undefined when not installed. */
	package(name: string): Promise<Package | undefined>;
	/** A systemd unit; undefined when systemd does not know it. */
	unit(name: string): Promise<Unit | undefined>;
	/** A kernel parameter as text; undefined when the kernel has none of that name. */
	sysctl(key: string): Promise<string | undefined>;
	user(name: string): Promise<UserEntry | undefined>;
	group(name: string): Promise<{ readonly gid: number; readonly members: readonly string[] } | undefined>;
};

/** What a verb may touch. */
export type Host = Reader & {
	readonly name: string;
	/**
	 * Do one step and give its output, whatever its code.
	 * @throws Unreachable when the connection breaks, TaskFailed when the task's time is over.
	 */
	perform(step: Step): Promise<Output>;
	/** Close the connection, and try until the host answers again. Seconds. */
	reconnect(options: { readonly timeout: number; readonly delay: number }): Promise<void>;
};

/** What `desired` may touch: the values of this task and the files beside the playbook. */
export type Local = {
	/**
	 * A template of the role (`templates/`) or beside the playbook, rendered with the variables of the task. A
	 * Secret when a secret went into it.
	 */
	template(src: string): Promise<string | Secret>;
	/** A file of the role (`files/`) or beside the playbook. */
	file(src: string): Promise<LocalFile>;
	/** All that is below a folder, with paths relative to it; undefined when `src` is no folder. */
	folder(src: string): Promise<LocalFolder | undefined>;
};

/** What a verb may ask of the run that it is part of. */
export type Run = Local & {
	/** Evaluate a CEL expression with the variables of the task. */
	evaluate(expression: string): unknown;
	/** A variable of the task, rendered. @throws UndefinedVariable */
	variable(name: string): unknown;
	/** Read a vars file beside the playbook or of the role. */
	varsFile(src: string): Promise<Readonly<Record<string, unknown>>>;
	/** Wait, but not beyond the end of the run. Seconds. */
	sleep(seconds: number): Promise<void>;
	/** Ask the person at the terminal; undefined when nobody is there. */
	prompt(question: string, options?: { readonly echo?: boolean }): Promise<string | undefined>;
	/** Aborted when the task is cancelled. */
	readonly signal: AbortSignal;
};

/** A flat record of what matters. `undefined` in the desired state means "leave it alone". */
export type State = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export type Create<S extends State = State> = { readonly action: 'create'; readonly after: S };
export type Update<S extends State = State> = {
	readonly action: 'update';
	readonly before: S;
	readonly after: S;
	/** The keys that differ. */
	readonly keys: ReadonlySet<string>;
};
export type Delete<S extends State = State> = { readonly action: 'delete'; readonly before: S };
export type Change<S extends State = State> = Create<S> | Update<S> | Delete<S>;

/** A text before and after, for a diff that reads better than keys. Named, because one change may have several. */
export type Detail = {
	readonly name: string;
	readonly before: string | Secret;
	readonly after: string | Secret;
	/** The module has put dots in it itself, old secrets included. Else all of it is dots when a step carries a secret. */
	readonly isClean?: true;
};

/** What a verb did. Everything beyond `changed` is data that the engine carries out or shows. */
export type ActionOutcome = {
	readonly changed: boolean;
	/** stdout, stderr and rc of the registered result. */
	readonly output?: Output | undefined;
	/** Further fields of the registered result. */
	readonly result?: Readonly<Record<string, unknown>> | undefined;
	/** Shown to the person, for example by `debug`. */
	readonly message?: string | undefined;
	/** Variables for this host from here on (set_fact, include_vars). */
	readonly variables?: Readonly<Record<string, unknown>> | undefined;
	/** Hosts to add to the inventory of this run (add_host). */
	readonly addHost?:
		| {
				readonly name: string;
				readonly groups: readonly string[];
				readonly variables: Readonly<Record<string, unknown>>;
		  }
		| undefined;
	/** Group that this host joins (group_by). */
	readonly joinGroups?: readonly string[] | undefined;
	/** A request to the engine (meta). */
	readonly meta?: MetaRequest | undefined;
};

export type MetaRequest =
	| 'flush_handlers'
	| 'end_play'
	| 'end_host'
	| 'clear_facts'
	| 'refresh_inventory'
	| 'reset_connection'
	| 'noop';

type Common<Schema extends z.ZodObject> = {
	/** The name in playbooks; Ansible's where Ansible has it. */
	readonly name: string;
	/** One sentence. */
	readonly summary: string;
	readonly args: Schema;
	/** The argument that a plain string stands for: `command: uptime`. */
	readonly freeForm?: string;
	/** One-line YAML each. They validate (a test holds that) and are the documentation. */
	readonly examples: readonly string[];
	/** Fields of the registered result beyond the usual ones, with what they mean. */
	readonly returns?: Readonly<Record<string, string>>;
	/** Killing it when the connection is lost would be worse than letting it finish (package managers). */
	readonly finishes?: boolean;
};

/** A noun: what is, what should be, which steps lead from one to the other. */
export type StateDefinition<Schema extends z.ZodObject, S extends State> = Common<Schema> & {
	/** It is not about its host alone: what others have read of a cluster may not be so any more. */
	readonly changesOthers?: boolean;
	/** What is. undefined: it does not exist. What lies beside the playbook may say where to look (`copy` of a folder). */
	current(args: z.output<Schema>, host: Reader, local: Local): Promise<S | undefined>;
	/** What should be. undefined: it must not exist. */
	desired(
		args: z.output<Schema>,
		local: Local,
		current: S | undefined,
	): S | undefined | Promise<S | undefined>;
	create(args: z.output<Schema>, change: Create<S>, local: Local): StepList;
	update(args: z.output<Schema>, change: Update<S>, local: Local): StepList;
	delete(args: z.output<Schema>, change: Delete<S>, local: Local): StepList;
	/**
	 * Steps for a request that is no state, such as `state: restarted`: done after the others whenever the task
	 * runs, and a change by itself. What `current` and `desired` say must hold before and after.
	 */
	triggers?(args: z.output<Schema>): Iterable<Step>;
	/** Texts for the diff, asked for only when something differs and somebody wants to see it. */
	detail?(args: z.output<Schema>, change: Change<S>, host: Reader, local: Local): Promise<readonly Detail[]>;
	/** What later tasks of a check may count on, once this one is announced. Uploads are known from the steps. */
	brings?(args: z.output<Schema>): Brought;
	/** Lines in which the host says why a change has not come about; asked for when a step failed or did not help. */
	reasons?(args: z.output<Schema>, host: Reader, local: Local): Promise<readonly string[]>;
	/** Fields for the registered result, from the state after the task. */
	result?(args: z.output<Schema>, state: S | undefined): Readonly<Record<string, unknown>>;
};

export type StepList = Iterable<Step> | Promise<Iterable<Step>>;

/**
 * What a verb does to the host. `reads`: it only looks, or only touches the run itself. `waits`: it waits for
 * something that others bring about. `changes`: it may change the host.
 */
export type Effect = 'reads' | 'waits' | 'changes';

/** A verb. */
export type ActionDefinition<Schema extends z.ZodObject> = Common<Schema> & {
	/** Done once for all hosts of the batch, as with `run_once`: what asks a person, for example. */
	readonly once?: boolean;
	readonly effect: Effect | ((args: z.output<Schema>) => Effect);
	/** Of a verb that waits: what it would wait for now, in words; undefined: for nothing. A check says it. */
	lack?(args: z.output<Schema>, host: Reader): Promise<string | undefined>;
	act(args: z.output<Schema>, host: Host, run: Run): Promise<ActionOutcome>;
};

/** What the engine, the registry and the documentation see of a noun: no type parameters. */
export type StateModule = { readonly kind: 'state' } & StateDefinition<z.ZodObject, State>;
/** The same for a verb. */
export type ActionModule = { readonly kind: 'action' } & ActionDefinition<z.ZodObject>;
export type Module = StateModule | ActionModule;
