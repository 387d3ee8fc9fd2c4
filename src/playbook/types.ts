import type { Source } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';
import type { CelExpression } from '../yaml/tags.ts';

/** A CEL condition as it was written; `true` and `false` may stand for themselves. */
export type Condition = { readonly text: string | boolean; readonly source?: Source | undefined };

/** A value that may still be a template, or a `!cel` that makes one. */
export type Templated<T> = T | string | CelExpression;

/** The role that a task belongs to. */
export type Role = {
	readonly name: string;
	/** Absolute path of its folder. */
	readonly path: string;
	/** Where it was asked for. */
	readonly source?: Source | undefined;
	/** The one of its files of tasks that was asked for, where that is not main.yml. */
	readonly tasksFrom?: string | undefined;
};

/**
 * What stands beside the module in a task. The loader has already pushed down what a task inherits from its
 * blocks, imports, role and play: conditions are joined, tags united, the nearest value wins for the rest.
 */
export type Keywords = {
	/** All must hold. */
	readonly when: readonly Condition[];
	readonly tags: readonly string[];
	readonly become: Templated<boolean> | undefined;
	readonly becomeUser: string | undefined;
	readonly remoteUser: string | undefined;
	readonly connection: string | undefined;
	/** Outermost first; later ones win per name. */
	readonly environment: readonly unknown[];
	readonly noLog: Templated<boolean> | undefined;
	readonly ignoreErrors: Templated<boolean> | undefined;
	readonly ignoreUnreachable: Templated<boolean> | undefined;
	readonly anyErrorsFatal: Templated<boolean> | undefined;
	readonly checkMode: Templated<boolean> | undefined;
	readonly diff: Templated<boolean> | undefined;
	readonly throttle: Templated<number> | undefined;
	/** Seconds. */
	readonly timeout: Templated<number> | undefined;
	readonly runOnce: Templated<boolean> | undefined;
	readonly delegateTo: string | undefined;
	readonly delegateFacts: Templated<boolean> | undefined;
	/** Role defaults, role vars, block vars, task vars, parameters: everything that the place in the file gives. */
	readonly layers: readonly Layer[];
	readonly role: Role | undefined;
	readonly source: Source;
	/** Folders in which `src` of the task is looked for besides the role's: those of its file and of the playbook. */
	readonly folders: readonly string[];
};

export type LoopControl = {
	readonly loopVar: string;
	readonly indexVar: string | undefined;
	readonly label: unknown;
	/** Seconds between items. */
	readonly pause: Templated<number> | undefined;
};

export type TaskNode = Keywords & {
	readonly kind: 'task';
	/** Stable within a playbook: the place of the task, `roles/base/tasks/main.yml:12`, numbered when used twice. */
	readonly id: string;
	/** May hold a template. The module's name when the author gave none. */
	readonly name: string;
	readonly module: string;
	/** Raw; free form text is already under the argument that it stands for; module_defaults are merged below. */
	readonly args: Readonly<Record<string, unknown>>;
	/** A list, or a template or `!cel` that makes one. undefined: no loop. */
	readonly loop: unknown;
	readonly loopControl: LoopControl;
	readonly register: string | undefined;
	readonly notify: readonly string[];
	/** Handlers only: topics beside the name. */
	readonly listen: readonly string[];
	readonly changedWhen: readonly Condition[] | undefined;
	readonly failedWhen: readonly Condition[] | undefined;
	readonly until: readonly Condition[] | undefined;
	readonly retries: Templated<number> | undefined;
	/** Seconds. */
	readonly delay: Templated<number> | undefined;
	readonly guards: Guards;
};

/** For verbs: when there is nothing to do. Paths and shell lines, may hold templates. */
export type Guards = {
	readonly creates: string | undefined;
	readonly removes: string | undefined;
	readonly unless: string | undefined;
	readonly onlyIf: string | undefined;
};

/** `include_tasks` and `include_role`: resolved when reached. */
export type IncludeNode = Keywords & {
	readonly kind: 'include';
	readonly id: string;
	readonly name: string;
	readonly what: 'tasks' | 'role';
	/** File or role name; may hold a template. */
	readonly target: string;
	/** include_role: which file of `tasks/`. */
	readonly tasksFrom: string | undefined;
	readonly loop: unknown;
	readonly loopControl: LoopControl;
};

export type BlockNode = {
	readonly kind: 'block';
	readonly id: string;
	readonly name: string | undefined;
	readonly body: readonly Node[];
	readonly rescue: readonly Node[];
	readonly always: readonly Node[];
	readonly source: Source;
};

export type Node = TaskNode | IncludeNode | BlockNode;

export type Section = {
	readonly name: 'pre_tasks' | 'tasks' | 'post_tasks';
	readonly nodes: readonly Node[];
};

export type Play = {
	/** Position in the playbook, from 0, imports counted. */
	readonly index: number;
	readonly name: string;
	readonly hosts: string;
	/** Where `hosts` is written. */
	readonly hostsSource?: Source | undefined;
	readonly source: Source;
	readonly gatherFacts: boolean;
	/** The play's own defaults, as a task without further keywords would inherit them (used for facts). */
	readonly keywords: Keywords;
	/** pre_tasks; roles then tasks; post_tasks. */
	readonly sections: readonly Section[];
	/** In order of definition: roles', then the play's. */
	readonly handlers: readonly TaskNode[];
	/** Batch sizes; empty: all at once. Numbers or percentages. */
	readonly serial: readonly (number | string)[];
	/** What waits for what: each task for all hosts, for those of its group (as `hosts` names them), or for nobody. */
	readonly strategy: 'linear' | 'by_group' | 'free';
	readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
	readonly maxFailPercentage: number | undefined;
	readonly anyErrorsFatal: boolean;
	/** Play vars, and vars_files that were read. */
	readonly layers: readonly Layer[];
	/** vars_files whose names hold templates: read per host. */
	readonly varsFiles: readonly { readonly path: string; readonly source: Source }[];
};

export type Playbook = {
	/** Absolute path. */
	readonly file: string;
	/** Folder of the playbook, `playbook_dir`. */
	readonly folder: string;
	readonly plays: readonly Play[];
};

/** What an include brings when it is reached; its handlers join the play's. */
export type Included = { readonly nodes: readonly Node[]; readonly handlers: readonly TaskNode[] };
