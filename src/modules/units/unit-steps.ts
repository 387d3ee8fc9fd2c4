import type { Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import type { UnitState } from './unit-state.ts';

type Request = 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;

/** What should be of a unit for these arguments. */
export const wantedUnit = ({
	state,
	enabled,
	masked,
}: {
	readonly state?: Request;
	readonly enabled?: boolean | undefined;
	readonly masked?: boolean | undefined;
}): UnitState => ({
	// A unit that is being restarted may be of the kind that runs and ends: then only failing is wrong.
	active: state === 'restarted' ? undefined : state === 'reloaded' ? 'started' : state,
	failed: state === 'restarted' ? false : undefined,
	enabled,
	masked,
});

/** The commands for the keys that differ. */
export function* unitSteps(name: string, after: UnitState, keys: ReadonlySet<string>): Iterable<Step> {
	if (keys.has('masked') && after.masked === false) {
		yield sh`systemctl unmask ${name}`;
	}

	if (keys.has('outdated')) {
		yield sh`systemctl daemon-reload`;
	}

	if (keys.has('enabled')) {
		yield sh`systemctl ${after.enabled ? 'enable' : 'disable'} ${name}`;
	}

	if (keys.has('active')) {
		yield sh`systemctl ${after.active === 'started' ? 'start' : 'stop'} ${name}`;
	}

	if (keys.has('masked') && after.masked === true) {
		yield sh`systemctl mask ${name}`;
	}
}

/** Restarting and reloading are no states: they are done whenever the task runs. */
export const unitTriggers = (name: string, state: Request): readonly Step[] => {
	switch (state) {
		case 'restarted':
			return [sh`systemctl restart ${name}`];
		case 'reloaded':
			return [sh`systemctl reload ${name}`];
		default:
			return [];
	}
};

export const noSuchUnit = (name: string): never =>
	impossible(
		`systemd knows no unit named ${name}`,
		`is its package installed, and is the name right? On the host: systemctl list-unit-files '*${name}*'`,
	);
