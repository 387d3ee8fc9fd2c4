import type { Unit } from '../../module/host-state.ts';
import { readFailed } from '../read-failed.ts';
import { type Answer, type Kind, words } from './kind.ts';

const properties = 'LoadState,ActiveState,UnitFileState,NeedDaemonReload';
const noSystemd = 97;

const isTemplate = (name: string): boolean => /@(\.\w+)?$/.test(name);
// Anything else would be a pattern that matches many units, or end the whole question with an error.
const isPlain = (name: string): boolean => /^[\w:.@\\-]+$/.test(name) && !isTemplate(name);

/**
 * One `systemctl show` for all units: one block of properties each, in the order of the names. A template
 * (`getty@.service`) cannot be shown, only asked whether it is enabled.
 */
export const units: Kind<Unit | undefined> = {
	name: 'unit',
	line(names) {
		const plain = names.filter(isPlain);
		return [
			// What sd_booted(3) asks: what systemctl says without systemd differs from one version to the next.
			`[ -d /run/systemd/system ] && command -v systemctl >/dev/null || exit ${noSystemd}`,
			...(plain.length === 0 ? [] : [`systemctl show --no-pager -p ${properties} -- ${words(plain)}`]),
			...names.filter(isTemplate).map((name) => {
				const enabled = `systemctl is-enabled -- ${words([name])} 2>/dev/null`;
				return `printf '\\nTemplate=%s\\n' "$(${enabled})"`;
			}),
		].join('; ');
	},
	answers(names, raw) {
		const stderr = raw.stderr.toString();
		const what = `systemctl show ${names.join(' ')}`;
		if (raw.code === noSystemd) {
			const failure = readFailed(
				what,
				{ code: raw.code, stderr: 'systemd does not run on this host' },
				'units need a host that was booted with systemd; facts.init tells',
			);
			return names.map(() => ({ failure }));
		}

		const blocks = raw.stdout
			.toString()
			.split(/\n{2,}/)
			.map((block) => new Map(block.trim().split('\n').map(property)));
		const shown = blocks.filter((block) => block.has('LoadState'));
		const templates = blocks.filter((block) => block.has('Template'));
		if (shown.length !== names.filter(isPlain).length) {
			return names.map(() => ({ failure: readFailed(what, { code: raw.code, stderr }) }));
		}

		return names.map((name): Answer<Unit | undefined> => {
			if (isTemplate(name)) {
				return { value: templateUnit(templates.shift()?.get('Template') ?? '') };
			}

			return isPlain(name)
				? { value: unit(shown.shift() ?? new Map()) }
				: { failure: readFailed(`unit ${name}`, { code: 1, stderr: 'this is not the name of a unit' }) };
		});
	},
};

const property = (line: string): [string, string] => {
	const at = line.indexOf('=');
	return [line.slice(0, at), line.slice(at + 1)];
};

function unit(properties: ReadonlyMap<string, string>): Unit | undefined {
	const load = properties.get('LoadState') ?? '';
	return load === 'not-found'
		? undefined
		: {
				load,
				active: properties.get('ActiveState') ?? '',
				enabled: properties.get('UnitFileState') ?? '',
				needsReload: properties.get('NeedDaemonReload') === 'yes',
			};
}

/** A template is never active itself. */
const templateUnit = (enabled: string): Unit | undefined =>
	enabled === '' || enabled === 'not-found'
		? undefined
		: { load: 'loaded', active: 'inactive', enabled, needsReload: false };
