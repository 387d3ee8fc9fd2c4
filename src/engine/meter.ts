import { difference, sum } from '../session/traffic.ts';
import type { Traffic } from '../session/types.ts';
import type { Spent } from './events.ts';
import type { Target } from './target.ts';

/**
 * What is spent on the machines that a piece of work touches, from when it first touches each. Where reads of several
 * tasks travel together, the task that they were sent with has spent it all.
 */
export class Meter {
	readonly #before = new Map<Target, Traffic>();
	#whole: Meter | undefined;

	/** Begin anew. `whole` counts along: it is told of the same machines. */
	start(whole?: Meter): void {
		this.#before.clear();
		this.#whole = whole;
	}

	/** A machine is about to be used. */
	watch(target: Target): Target {
		if (!this.#before.has(target)) {
			this.#before.set(target, target.session.traffic);
			this.#whole?.watch(target);
		}

		return target;
	}

	/** undefined: nothing was sent. */
	get spent(): Traffic | undefined {
		const all = [...this.#before].map(([{ session }, before]) => difference(session.traffic, before));
		return all.some(({ roundTrips, connecting, waiting }) => roundTrips + connecting + waiting > 0)
			? sum(all)
			: undefined;
	}
}

/** Starts to count what a stretch of the run takes, on the controller and elsewhere; gives how to end it. */
export function spending(traffic: () => Traffic | undefined): () => Spent {
	const [started, cpu] = [performance.now(), process.cpuUsage()];
	return () => {
		const { user, system } = process.cpuUsage(cpu);
		return {
			duration: (performance.now() - started) / 1000,
			cpu: (user + system) / 1e6,
			traffic: traffic() ?? sum([]),
		};
	};
}
