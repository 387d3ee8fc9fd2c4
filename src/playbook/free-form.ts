import type { Module } from '../module/contract.ts';
import { modeInDigits, sameArgument } from './argument-advice.ts';
import type { Fields } from './fields.ts';
import { inYaml } from './yaml-text.ts';

// `key=value` behind a module, as Ansible had it once.

/** Keywords that say when a verb has nothing to do. */
export const guardKeys = ['creates', 'removes', 'unless', 'only_if'] as const;

const pair = /(?:^|\s)(\w+)=("[^"]*"|'[^']*'|\{\{[^}]*\}\}\S*|\S*)/g;

/** `src=a mode=0755 force=yes` as the YAML `{src: a, mode: "0755", force: true}`, which the module takes. */
export function asMapping(text: string, module: Pick<Module, 'args' | 'name'>): string | undefined {
	const found = [...text.matchAll(pair)];
	const rest = text.replaceAll(pair, '').trim();
	return found.length === 0 || rest !== ''
		? undefined
		: inYaml(
				Object.fromEntries(
					found
						.map(([, name = '', value = '']) => [sameArgument(module.name, name) ?? name, value] as const)
						.map(([name, value]) => [name, typed(name, value, module)]),
				),
			);
}

const words: Readonly<Record<string, boolean>> = {
	yes: true,
	true: true,
	on: true,
	no: false,
	false: false,
	off: false,
};

/** The first kind of value that the argument takes: what was text for Ansible is a text, true, a number or a list. */
function typed(name: string, written: string, { args }: Pick<Module, 'args'>): unknown {
	const text = /^(".*"|'.*')$/s.test(written) ? written.slice(1, -1) : written;
	const schema = Object.hasOwn(args.shape, name) ? args.shape[name] : undefined;
	// What takes anything takes the text as it is.
	const takesAll = schema?.safeParse({}).success === true;
	const candidates: readonly unknown[] = [
		text.includes(',') && !takesAll ? text.split(',').map((item) => item.trim()) : undefined,
		text,
		words[text.toLowerCase()],
		/(^|_)mode$/.test(name) ? modeInDigits(text) : undefined,
		/^\d+$/.test(text) ? Number(text) : undefined,
		text.split(',').map((item) => item.trim()),
	];
	return candidates.find((value) => value !== undefined && schema?.safeParse(value).success) ?? text;
}

const ansiblePair = /(?:^|\s)(creates|removes|chdir|executable|stdin)=("[^"]*"|'[^']*'|\S+)/g;

/** What a verb would be given as one text although parts of it are arguments. */
export function warnOfPairs(fields: Fields, key: string, value: unknown, module: Module): void {
	if (typeof value !== 'string' || module.kind === 'state') {
		return;
	}

	const names = [...value.matchAll(pair)].map(([, name = '']) => name);
	const mapping = names.every((name) => Object.hasOwn(module.args.shape, name))
		? asMapping(value, module)
		: undefined;
	if (mapping !== undefined) {
		fields.problems.error(`"${module.name}" would be given this as one text`, {
			source: fields.source(key),
			hint: `write ${key}: ${mapping}`,
		});
		return;
	}

	const found = [...value.matchAll(ansiblePair)];
	const [first] = found;
	if (first !== undefined) {
		const moved = found.map(([, name = '', text = '']) => {
			const guard = guardKeys.some((known) => known === name) && !Object.hasOwn(module.args.shape, name);
			return [guard, name, typed(name, text, module)] as const;
		});
		const args = moved.filter(([guard]) => !guard).map(([, name, text]) => [name, text]);
		const beside = [
			...moved.filter(([guard]) => guard).map(([, name, text]) => inYaml({ [name]: text }).slice(1, -1)),
			...(args.length === 0 ? [] : [`args: ${inYaml(Object.fromEntries(args))}`]),
		];
		const rest = inYaml(value.replaceAll(ansiblePair, '').trim());
		fields.problems.error(`"${first[1]}=" would be part of the text that "${module.name}" is given`, {
			source: fields.source(key),
			hint: `write ${beside.join(', ')} beside the module, which is then ${key}: ${rest}`,
		});
	}
}
