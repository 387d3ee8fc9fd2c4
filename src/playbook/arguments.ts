import type { Module } from '../module/contract.ts';
import { isMap } from '../vars/kinds.ts';
import { adopt, sourceOf } from '../yaml/positions.ts';
import { checkArguments } from './check-arguments.ts';
import { checkText, checkValues, within } from './check-values.ts';
import { conditions } from './conditions.ts';
import { Fields, isExpression, show, type Values } from './fields.ts';
import { asMapping, guardKeys, warnOfPairs } from './free-form.ts';
import type { Guards } from './types.ts';

/** What a task tells its module, and when a verb has nothing to do. */
export type Arguments = { readonly args: Values; readonly guards: Guards };

/**
 * The arguments below the module's key: a mapping, or a text that stands for one of them; `args:` and the play's
 * `module_defaults` are put together with it.
 */
export function readArguments(
	fields: Fields,
	key: string,
	module: Module,
	defaults: Values | undefined,
): Arguments {
	const { problems } = fields;
	const read = readWritten(fields, key, module);
	const written = read ?? {};
	const beside = fields.record('args') ?? {};
	const containers = [written, beside, ...(defaults === undefined ? [] : [defaults])];
	for (const container of containers) {
		checkValues(container, problems, fields.source(key));
	}

	// Ansible has `creates` among the arguments of its verbs; here it is a keyword, for every verb.
	const moved = guardKeys.filter((name) => !Object.hasOwn(module.args.shape, name));
	const [args, guards] = split(containers.toReversed(), moved);
	if (read !== undefined) {
		checkArguments(module, args, problems, {
			task: fields.source(key, 'key'),
			of: (name, part) =>
				containers.filter((one) => Object.hasOwn(one, name)).map((one) => sourceOf(one, name, part))[0] ??
				fields.source(key, part),
			container: (name) => containers.find((one) => Object.hasOwn(one, name)),
		});
	}

	checkExpressions(module, args, fields);
	return { args, guards: readGuards(fields, guards, module) };
}

/** Arguments that are expressions without saying so. */
function checkExpressions({ name }: Module, args: Values, fields: Fields): void {
	const key = name === 'assert' ? 'that' : name === 'debug' ? 'var' : undefined;
	const value = key === undefined ? undefined : args[key];
	if (key !== undefined && (typeof value === 'string' || Array.isArray(value))) {
		conditions(new Fields(args, fields.problems), key);
	}
}

/** undefined after a problem. */
function readWritten(fields: Fields, key: string, module: Module): Values | undefined {
	const value = fields.value(key);
	if (value === null) {
		return {};
	}

	if (isMap(value)) {
		return value;
	}

	const { name, freeForm } = module;
	if (typeof value === 'string' || isExpression(value)) {
		if (freeForm !== undefined) {
			checkText(value, fields.problems, (index) => within(fields.values, key, index));
			warnOfPairs(fields, key, value, module);
			const args = { [freeForm]: value };
			adopt(args, [{ key: freeForm, from: fields.values, fromKey: key }]);
			return args;
		}

		const pairs = typeof value === 'string' ? asMapping(value, module) : undefined;
		fields.problems.error(`the arguments of "${name}" are a mapping, not ${show(value)}`, {
			source: fields.source(key),
			hint: pairs === undefined ? `"g2pbook doc ${name}" lists them` : `write ${key}: ${pairs}`,
		});
		return undefined;
	}

	const hint = freeForm === undefined ? `"g2pbook doc ${name}" lists them` : 'write a text or a mapping';
	fields.problems.error(`the arguments of "${name}" are a mapping, not ${show(value)}`, {
		source: fields.source(key),
		hint,
	});
	return undefined;
}

/** Merged, later ones winning, without the keys that are moved out. The same object when there is nothing to do. */
function split(containers: readonly Values[], moved: readonly string[]): readonly [Values, Values] {
	const filled = containers.filter((container) => Object.keys(container).length > 0);
	const [only = {}] = filled;
	if (filled.length < 2 && !moved.some((name) => Object.hasOwn(only, name))) {
		return [only, {}];
	}

	const merged: Values = Object.assign({}, ...filled);
	const part = (wanted: (name: string) => boolean): Values => {
		const made = Object.fromEntries(Object.entries(merged).filter(([name]) => wanted(name)));
		const items = Object.keys(made).map((key) => ({
			key,
			from: filled.findLast((container) => Object.hasOwn(container, key)) ?? merged,
			fromKey: key,
		}));
		adopt(made, items);
		return made;
	};
	return [part((name) => !moved.includes(name)), part((name) => moved.includes(name))];
}

function readGuards(fields: Fields, fromArguments: Values, module: Module): Guards {
	const given = guardKeys.filter((name) => fields.has(name) || Object.hasOwn(fromArguments, name));
	if (module.kind === 'state') {
		for (const name of given) {
			fields.problems.error(`"${name}" is for verbs such as command, and "${module.name}" is a noun`, {
				source: fields.source(fields.has(name) ? name : undefined, 'key'),
				hint: 'a noun looks by itself whether there is something to do; for anything else write when',
			});
		}
	}

	const text = (name: (typeof guardKeys)[number]): string | undefined => {
		const other = fromArguments[name];
		return fields.text(name) ?? (typeof other === 'string' ? other : undefined);
	};
	return {
		creates: text('creates'),
		removes: text('removes'),
		unless: text('unless'),
		onlyIf: text('only_if'),
	};
}
