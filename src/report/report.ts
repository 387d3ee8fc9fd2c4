import type { RunEvent } from '../engine/events.ts';

/** Something that is told what happens in a run and tells it on. */
export type Report = {
	event(event: RunEvent): void;
	/** Make room on the terminal, for a question to the person; until `resume`. */
	pause?(): void;
	resume?(): void;
};

/** Where a report goes. Called with whole lines, or with a part of a document. */
export type Write = (text: string) => void;
