import { ReadFailed } from '../module/impossible.ts';

/** A read that gave no answer, with all that is needed to see why. */
export const readFailed = (
	what: string,
	{ code, stdout = '', stderr }: { code: number; stdout?: string; stderr: string },
	hint?: string,
): ReadFailed =>
	new ReadFailed(`${what}: ${lastLine(stderr) ?? `it ended with code ${code}`}`, {
		hint,
		result: { rc: code, stdout, stderr, cmd: what },
	});

const lastLine = (text: string): string | undefined => text.trim().split('\n').at(-1) || undefined;
