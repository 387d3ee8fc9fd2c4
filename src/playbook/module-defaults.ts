import { didYouMean } from '../diagnostics.ts';
import { findModule, moduleNames } from '../modules/index.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { shortName } from './actions.ts';
import { type Fields, show, type Values } from './fields.ts';

/** `module_defaults`: arguments per module, over those of the surroundings. */
export function readModuleDefaults(
	fields: Fields,
	outer: Readonly<Record<string, Values>>,
): Readonly<Record<string, Values>> {
	const given = fields.record('module_defaults');
	if (given === undefined) {
		return outer;
	}

	const result: Record<string, Values> = { ...outer };
	for (const [key, args] of Object.entries(given)) {
		const name = shortName(key);
		if (findModule(name) === undefined) {
			fields.problems.error(`unknown module "${key}"`, {
				source: sourceOf(given, key, 'key'),
				hint: key.startsWith('group/') ? 'write each module by itself' : didYouMean(name, moduleNames),
			});
		} else if (isMap(args)) {
			const before = outer[name];
			result[name] = before === undefined ? args : { ...before, ...args };
		} else {
			fields.problems.error(`the defaults of "${key}" are a mapping, not ${show(args)}`, {
				source: sourceOf(given, key),
			});
		}
	}

	return result;
}
