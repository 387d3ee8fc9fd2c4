#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { finished } from './cli/finish.ts';
import { makeProgram } from './cli/program.ts';

// Most of what a run allocates is soon of no use: else the heap grows to twice what a hundred hosts need.
setFlagsFromString('--semi-space-growth-factor=1');

// V8 optimises early: a quarter of what a lint costs was its compiler, at work on what was soon done.
setFlagsFromString(
	Number.parseInt(process.versions.node, 10) < 22
		? '--interrupt-budget=300000'
		: '--invocation-count-for-turbofan=15000',
);

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
