import type { Reader } from '../../module/contract.ts';
import type { Unit } from '../../module/host-state.ts';
import { sh } from '../../shell/command.ts';

export type UnitState = {
	/** In the words of the argument `state`. */
	readonly active?: 'started' | 'stopped' | undefined;
	/** It ended with an error, and systemd has not forgotten. */
	readonly failed?: boolean | undefined;
	readonly enabled?: boolean | undefined;
	readonly masked?: boolean | undefined;
	/** Its file has changed since systemd read it. */
	readonly outdated?: boolean | undefined;
};

const running = new Set(['active', 'reloading', 'refreshing', 'activating']);
const enabledStates = new Set(['enabled', 'enabled-runtime', 'alias']);
const disabledStates = new Set(['disabled', 'linked', 'linked-runtime', 'masked', 'masked-runtime']);

/** What systemd says of a unit; undefined when it does not know it. */
export async function unitState(
	name: string,
	wanted: { readonly enabled?: boolean | undefined },
	host: Reader,
): Promise<UnitState | undefined> {
	const unit = await host.unit(name);
	return (
		unit && {
			active: running.has(unit.active) ? 'started' : 'stopped',
			failed: unit.active === 'failed',
			enabled: await isEnabled(name, unit, wanted.enabled, host),
			masked: unit.load === 'masked' || unit.enabled.startsWith('masked'),
		}
	);
}

async function isEnabled(
	name: string,
	{ enabled }: Unit,
	wanted: boolean | undefined,
	host: Reader,
): Promise<boolean | undefined> {
	if (enabledStates.has(enabled)) {
		return true;
	}

	if (disabledStates.has(enabled)) {
		return false;
	}

	if (enabled === 'generated') {
		// A script in /etc/init.d: only its own tool knows.
		const { code } = await host.read(sh`systemctl --quiet is-enabled ${name}`, { ok: [0, 1] });
		return code === 0;
	}

	// Static, indirect and transient units cannot be enabled themselves: whatever is asked for counts as fulfilled.
	return wanted;
}
