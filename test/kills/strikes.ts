import { setTimeout as sleep } from 'node:timers/promises';
import { runInside } from '../../src/lab/inside.ts';
import type { LabHostUp } from '../../src/lab/lab.ts';
import { untilReady } from '../../src/lab/ready.ts';
import type { Running } from '../chaos/run.ts';

/** What is done to a run, or under it. @returns whether there was anything to strike */
export type Strike = (running: Running, host: LabHostUp) => Promise<boolean>;

export const strikes: readonly (readonly [name: string, strike: Strike])[] = [
	['the controller was killed', async ({ process }) => process.kill('SIGKILL')],
	[
		'the API server was killed',
		// It may just be on its way up.
		async (_running, { container }) => {
			for (let attempt = 0; attempt < 50; attempt++) {
				if ((await runInside(container, 'pkill -KILL -x kube-apiserver')).code === 0) {
					return true;
				}

				await sleep(200);
			}

			return false;
		},
	],
	[
		'the host lost its power',
		async (_running, { container, name, address }) => {
			await container.kill();
			await container.start();
			await untilReady(container, name, address);
			return true;
		},
	],
];
