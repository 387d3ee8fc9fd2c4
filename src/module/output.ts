/** What a program said. `code` is its exit code; 128 + n when signal n ended it. A large text is read when it is asked for. */
export type Output = {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	/** Why the texts are not whole; undefined when they are. */
	readonly incomplete?: string | undefined;
};
