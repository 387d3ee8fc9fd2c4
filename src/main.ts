#!/usr/bin/env node
import { finished } from './cli/finish.ts';
import { makeProgram } from './cli/program.ts';

// A reader that went away (`| head`) must not stop a run in the middle of its changes.
for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE' && error.code !== 'EIO') {
			process.exit(1);
		}
	});
}

process.on('uncaughtException', (error) => {
	void finished(error).then((code) => process.exit(code));
});

try {
	await makeProgram().parseAsync();
	process.exit(await finished());
} catch (error) {
	process.exit(await finished(error));
}
