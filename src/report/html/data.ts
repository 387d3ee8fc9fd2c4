// What the report writes and the page reads. The page is compiled for browsers: nothing is imported here.

export type ShownStatus = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'would-run' | 'might';

/** Numbers, one per host; one number when it is the same for all. */
export type Column = number | readonly number[];

/** How a task, or some items of its loop, ended. Hosts that answered alike share one. Texts are filtered. */
export type Answer = {
	readonly status: ShownStatus;
	readonly ignored?: true | undefined;
	readonly delegatedTo?: string | undefined;
	readonly message?: string | undefined;
	/** What to do next. */
	readonly hint?: string | undefined;
	/** How often it was tried, when more than once. */
	readonly tries?: number | undefined;
	readonly arguments?: string | undefined;
	readonly steps?: readonly string[] | undefined;
	readonly code?: number | undefined;
	readonly stdout?: string | undefined;
	readonly stderr?: string | undefined;
	/** Lines of what changed, with the colour codes of a terminal; there are no others in them. */
	readonly change?: string | undefined;
	/** Items of a loop that have something to say. */
	readonly items?: readonly ItemAnswer[] | undefined;
};

export type ItemAnswer = { readonly labels: readonly string[]; readonly answer: Answer };

export type TaskWords = {
	readonly title: string;
	readonly module: string;
	/** FILE:LINE:COLUMN; undefined for what no file holds. */
	readonly place: string | undefined;
};

/** A line of the page's data. Hosts and tasks are numbers: the place in the order in which they were introduced. */
export type Entry =
	| {
			readonly kind: 'start';
			readonly version: string;
			readonly playbook: string;
			readonly runId: string;
			readonly check: boolean;
			/** ISO 8601. */
			readonly time: string;
			/** Whether times are as they were measured, or tasks are only laid one after the other. */
			readonly measured: boolean;
			readonly words: Readonly<Record<ShownStatus, { readonly mark: string; readonly word: string }>>;
	  }
	| { readonly kind: 'hosts'; readonly names: readonly string[] }
	| {
			readonly kind: 'play';
			readonly name: string;
			readonly batch: string | undefined;
			readonly hosts: number;
	  }
	| { readonly kind: 'play-skipped'; readonly name: string; readonly reason: string }
	| ({ readonly kind: 'task' } & TaskWords)
	| TaskAnswers
	| { readonly kind: 'warning'; readonly text: string; readonly host: string | undefined }
	| RunEnd;

/** What hosts answered to a task. Times are milliseconds since the start of the run. */
export type TaskAnswers = {
	readonly kind: 'answers';
	readonly task: number;
	readonly answers: readonly Answer[];
	readonly hosts: readonly number[];
	/** Which of the answers. */
	readonly answer: Column;
	readonly start: Column;
	readonly took: Column;
	/** Of that: logging in, and waiting for the host; the rest is the controller's. */
	readonly login: Column;
	readonly waited: Column;
};

export type RunEnd = {
	readonly kind: 'end';
	/** What state things are in and what to do next. */
	readonly verdict: readonly string[];
	/** Seconds. */
	readonly duration: number;
	readonly exitCode: number;
	readonly hosts: readonly number[];
	/** Of the recap. */
	readonly columns: readonly {
		readonly title: string;
		readonly colour: string | undefined;
		readonly values: Column;
	}[];
	/** Handlers that wait, by host. */
	readonly waiting: readonly { readonly host: number; readonly handlers: readonly string[] }[];
	/** Hosts with a failure that nothing has mended. */
	readonly bad: readonly number[];
};
