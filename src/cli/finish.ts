import { CommanderError } from 'commander';
import { BadInput, exitCodes, UserError } from '../errors.ts';

/**
 * Tells what went wrong, if anything did, waits until everything is written, and gives the exit code. What a
 * person can mend is told without a stack; anything else is a bug of ours.
 */
export async function finished(error?: unknown): Promise<number> {
	const code = error === undefined ? Number(process.exitCode ?? exitCodes.ok) : await tell(error);
	await Promise.all(
		[process.stdout, process.stderr].map((stream) =>
			stream.destroyed ? undefined : new Promise((done) => stream.write('', done)),
		),
	);
	return code;
}

async function tell(error: unknown): Promise<number> {
	if (error instanceof CommanderError) {
		// Commander has printed it. Only help and version that were asked for are no mistake.
		return error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput;
	}

	if (error instanceof BadInput) {
		const { printDiagnostics } = await import('../code-frame.ts');
		process.stderr.write(printDiagnostics(error.diagnostics, undefined, { colour: await isColoured() }));
		return error.exitCode;
	}

	if (error instanceof UserError) {
		process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
		return error.exitCode;
	}

	process.stderr.write(
		`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\nThis is a bug in g2pbook. Please report it with the lines above and the command that led to it.\n`,
	);
	return exitCodes.bug;
}

async function isColoured(): Promise<boolean> {
	const { wantsColour } = await import('../report/style.ts');
	return wantsColour(process.stderr, process.env);
}
