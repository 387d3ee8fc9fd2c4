import { setMaxListeners } from 'node:events';
import type { Interrupt } from '../engine/options.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C as a person means it: the first lets running steps finish, the second ends them, the third gives up on
 * us. A closed terminal or `kill` counts like the first.
 */
export function watchInterrupt(
	tell: (how: 'finishing' | 'killing') => void,
): Interrupt & { release(): void } {
	const killing = new AbortController();
	// Every step of every host listens: that is no leak.
	setMaxListeners(0, killing.signal);
	let times = 0;
	const onSignal = () => {
		times++;
		if (times === 1) {
			tell('finishing');
		} else if (times === 2) {
			tell('killing');
			killing.abort(new Error('interrupted'));
		} else {
			// Whatever hangs now is not worth waiting for: end as an interrupted program does.
			release();
			process.kill(process.pid, 'SIGINT');
		}
	};

	const release = () => {
		for (const signal of signals) {
			process.off(signal, onSignal);
		}
	};

	for (const signal of signals) {
		process.on(signal, onSignal);
	}

	return {
		get finishing() {
			return times > 0;
		},
		killing: killing.signal,
		release,
	};
}
