import type { Command } from '../shell/command.ts';
import type { ReadFailed } from './impossible.ts';
import type { Output } from './output.ts';

/** An answer, or why there is none; or it cannot be told whose errors these are, and a process of its own can. */
export type Answer<A> =
	| { readonly value: A }
	| { readonly failure: ReadFailed }
	| { readonly askAlone: true };

/** A question that one process on the host answers for all who ask it at the same time. */
export type SharedQuestion<A> = {
	/** What is asked, and whom: questions of one name travel together. */
	readonly name: string;
	/** Asks for all of these; what may be secret goes to its input. */
	command(subjects: readonly string[]): Command;
	/** One answer for each subject, in their order. */
	answers(subjects: readonly string[], output: Output): readonly Answer<A>[];
};
