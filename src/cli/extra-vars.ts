import { resolve } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { isMap } from '../vars/kinds.ts';
import { readYaml } from '../yaml/read.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * What `-e` gives, later ones winning: `key=value` (several with blanks between them), a mapping in YAML or JSON,
 * or `@FILE` with one. Of `key=value`, whole numbers and true and false are what they look like; everything else
 * is text, so that a version such as 1.10 keeps its zero.
 * @throws BadInput
 */
export async function readExtraVars(
	given: readonly string[],
	{ cwd, decrypt }: { readonly cwd: string; readonly decrypt: (file: string) => Promise<string> },
): Promise<Values> {
	const all: Values[] = [];
	for (const text of given) {
		if (text.startsWith('@')) {
			const file = resolve(cwd, text.slice(1));
			all.push(mapping(file, text, file.endsWith('.age.yml') ? await decrypt(file) : undefined));
		} else {
			all.push(text.trimStart().startsWith('{') ? mapping('(-e)', text, text) : pairs(text));
		}
	}

	return Object.assign({}, ...all);
}

function mapping(file: string, given: string, text: string | undefined): Values {
	const problems = new Diagnostics();
	const value = readYaml(file, problems, text) ?? {};
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	if (!isMap(value)) {
		throw new BadInput(`-e ${given} is no mapping of names to values`);
	}

	return value;
}

// A blank begins a new pair only when a name and = follow, so that values may hold blanks without quotes.
function pairs(text: string): Values {
	return Object.fromEntries(
		text
			.trim()
			.split(/\s+(?=[A-Za-z_]\w*=)/)
			.map((pair) => {
				const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
				if (name === undefined || value === undefined) {
					throw new BadInput(`-e ${text} gives no value to a name`, {
						hint: "write -e name=value, -e '{name: value}' or -e @FILE",
					});
				}

				return [name, scalar(value)];
			}),
	);
}

function scalar(text: string): unknown {
	if (text === 'true' || text === 'false') {
		return text === 'true';
	}

	const quoted = /^(["'])(.*)\1$/s.exec(text);
	return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : (quoted?.[2] ?? text);
}
