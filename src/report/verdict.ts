import type { HostRecap } from '../engine/events.ts';
import { isRefused } from '../engine/recap.ts';
import { names } from './fold.ts';
import { count, seconds } from './style.ts';

type Ending = {
	readonly recap: readonly HostRecap[];
	readonly check: boolean;
	readonly interrupted: boolean;
	/** Seconds. */
	readonly duration: number;
	/** One task without a playbook. */
	readonly oneTask?: boolean | undefined;
	/** Where the failures are told, seen from these words. */
	readonly causes?: 'above' | 'below';
};

/** The last words, for somebody tired: what state things are in, and what to do next. */
export function verdict({
	recap,
	check,
	interrupted,
	duration,
	oneTask = false,
	causes = 'above',
}: Ending): string[] {
	const failed = recap.filter(({ failed }) => failed > 0);
	const unreachable = recap.filter(({ unreachable }) => unreachable > 0);
	const pending = recap.filter(({ pendingHandlers }) => pendingHandlers.length > 0);
	const time = seconds(duration);
	const lines: string[] = [];
	if (interrupted) {
		lines.push(
			`Interrupted after ${time}. ${check ? 'Nothing was changed.' : `${done(recap)} Run the same command again to go on: what is done is found done.`}`,
		);
	} else if (failed.length === 0 && unreachable.length === 0) {
		lines.push(check ? checked(recap, time) : fine(recap, time, oneTask));
	}

	if (failed.length > 0) {
		const hosts = failed.map(({ host }) => host);
		const which = `${failed.length} of ${count(recap.length, 'host')} [${names(hosts)}]`;
		lines.push(
			...(interrupted
				? [`Failed, or cut off, on ${which}.`]
				: isRefused(recap)
					? [
							`Refused after ${time}: nothing was changed on any host. Mend the cause ${causes}, then run the same command again.`,
						]
					: oneTask
						? [`Failed on ${which} after ${time}.`]
						: [
								`Failed on ${which} after ${time}. ${check ? 'Nothing was changed.' : done(recap)}`,
								`Mend the cause ${causes}, then run the same command again${wereServed(recap, failed) ? ` (-l ${limit(hosts)} for these hosts only)` : ''}: what is done is found done.`,
							]),
		);
	}

	if (unreachable.length > 0) {
		const hosts = unreachable.map(({ host }) => host);
		const which = `${count(unreachable.length, 'host')} [${names(hosts)}]`;
		if (!interrupted && !oneTask && failed.length === 0) {
			lines.push(`Ended after ${time}. ${check ? 'Nothing was changed.' : done(recap)}`);
		}

		lines.push(
			oneTask
				? `Not reached: ${which}.`
				: `Not reached: ${which}; nothing more was done there. Try \`g2pbook ping ${limit(hosts)} -i INVENTORY\`, then run the same command again.`,
		);
	}

	if (pending.length > 0 && !check) {
		lines.push(
			`Handlers still wait on ${names(pending.map(({ host }) => host))}: the next run does them, nothing is lost.`,
		);
	}

	return lines;
}

const sum = (recap: readonly HostRecap[], value: (host: HostRecap) => number): number =>
	recap.reduce((total, host) => total + value(host), 0);

/** Whether the others have done all that was for them: only then may they be left out of the next run. */
const wereServed = (recap: readonly HostRecap[], failed: readonly HostRecap[]): boolean =>
	failed.length < recap.length &&
	recap.every((host) => failed.includes(host) || host.unreachable > 0 || host.notReached === 0);

const limit = (hosts: readonly string[]): string => (hosts.length > 8 ? 'HOSTS' : hosts.join(','));

function fine(recap: readonly HostRecap[], time: string, oneTask: boolean): string {
	const changed = recap.filter(({ changed }) => changed > 0);
	if (recap.length === 0) {
		return 'No host was concerned: nothing was done.';
	}

	if (changed.length === 0 && oneTask) {
		return `Done on ${count(recap.length, 'host')}, nothing changed. ${time}`;
	}

	const ignored = sum(recap, (host) => host.ignored);
	// What has failed is not "as described", whoever does not mind it.
	if (changed.length === 0 && ignored > 0) {
		return `Nothing was changed on ${count(recap.length, 'host')}; failures that were ignored: ${ignored}. ${time}`;
	}

	return changed.length === 0
		? `Nothing to change: ${count(recap.length, 'host')} already as described. ${time}`
		: `Done: ${count(
				sum(recap, ({ changed }) => changed),
				'change',
			)} on ${changed.length} of ${count(recap.length, 'host')}${ignored > 0 ? `; failures that were ignored: ${ignored}` : ''}. ${time}`;
}

function checked(recap: readonly HostRecap[], time: string): string {
	const exact = sum(recap, ({ changed }) => changed);
	const might = sum(recap, ({ might }) => might);
	const unknown = sum(recap, ({ wouldRun }) => wouldRun);
	if (exact + might + unknown === 0) {
		return `Checked: nothing to change on ${count(recap.length, 'host')}. ${time}`;
	}

	const parts = [
		`${count(exact, 'change')} (exact)`,
		...(might > 0 ? [`${count(might, 'task')} that might change something`] : []),
		...(unknown > 0 ? [`${count(unknown, 'command')} that would run, with unknown result`] : []),
	];
	return `Checked: ${parts.join(', ')}. Nothing was changed; run without --check to make them. ${time}`;
}

// What failed half way may have done something: only without it can it be said that nothing was changed.
function done(recap: readonly HostRecap[]): string {
	const changed = sum(recap, (host) => host.changed);
	const left = sum(recap, ({ notReached }) => notReached);
	const broken = sum(recap, ({ failed, unreachable }) => failed + unreachable) > 0;
	const what =
		changed > 0
			? `${count(changed, 'change')} made`
			: broken
				? 'No change was completed'
				: 'Nothing was changed';
	return `${what}, ${left === 0 ? 'no task was left out' : `${count(left, 'task')} not reached`}.`;
}
