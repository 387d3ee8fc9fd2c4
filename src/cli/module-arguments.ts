import { Diagnostics, didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import type { Module } from '../module/contract.ts';
import { argumentSchema, type JsonSchema } from '../module/describe.ts';
import { findModule, moduleNames } from '../modules/index.ts';
import { moduleAdvice } from '../playbook/module-advice.ts';
import { quote } from '../shell/command.ts';
import { readYaml } from '../yaml/read.ts';

/** A module by its name. @throws BadInput */
export function moduleNamed(name: string): Module {
	const module = findModule(name.replace(/^ansible\.(builtin|posix)\./, ''));
	if (module === undefined) {
		throw new BadInput(`there is no module "${name}"`, {
			hint: moduleAdvice(name) ?? didYouMean(name, moduleNames) ?? '"g2pbook doc" lists them all',
		});
	}

	return module;
}

/**
 * Arguments of a module as words of the command line: one mapping in YAML, `key=value` each, or, where the module
 * takes it, free text. What the words mean is decided by the type of the argument: `mode=0644` stays a text.
 * @throws BadInput
 */
export function moduleArguments(module: Module, words: readonly string[]): unknown {
	const [first = ''] = words;
	if (words.length === 1 && first.trimStart().startsWith('{')) {
		return yaml(first);
	}

	const properties = argumentSchema(module).properties ?? {};
	const split = words.length === 1 ? assignments(first, Object.keys(properties)) : words;
	const pairs = split.map((word) => /^([a-z_][\w-]*)=(.*)$/s.exec(word));
	const free = module.freeForm;
	if (
		free !== undefined &&
		words.length > 0 &&
		!pairs.every((pair) => pair?.[1] !== undefined && pair[1] in properties)
	) {
		return words.length === 1 ? first : words.map(quote).join(' ');
	}

	return Object.fromEntries(
		pairs.map((pair, index) => {
			const [, key = '', text = ''] = pair ?? [];
			if (pair === null) {
				throw new BadInput(`"${split[index]}" is no argument for the module "${module.name}"`, {
					hint: `write key=value; "g2pbook doc ${module.name}" lists the keys`,
				});
			}

			return [key, typed(text, properties[key])];
		}),
	);
}

/** `src=a dest=b` in one word, as Ansible's -a has it: a known name and = begin an argument. */
function assignments(text: string, names: readonly string[]): readonly string[] {
	const parts = text.trim().split(new RegExp(`\\s+(?=(?:${names.join('|')})=)`));
	return parts.length === 1 ? [text] : parts.map((part) => part.replace(/^(\w+)=(["'])(.*)\2$/s, '$1=$3'));
}

function yaml(text: string): unknown {
	const problems = new Diagnostics();
	const value = readYaml('(command line)', problems, text);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.errors.map(({ summary, hint }) => ({ severity: 'error', summary, hint })));
	}

	return value;
}

function typed(text: string, schema: JsonSchema = {}): unknown {
	const types = [schema.type, ...(schema.anyOf ?? []).map(({ type }) => type)].flat();
	if (types.includes('boolean') && /^(true|false|yes|no)$/.test(text)) {
		return text === 'true' || text === 'yes';
	}

	if (types.includes('string')) {
		return text;
	}

	if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text)) {
		return Number(text);
	}

	if (types.includes('array')) {
		return text.split(',').filter((word) => word !== '');
	}

	return types.includes('object') ? yaml(text) : text;
}
