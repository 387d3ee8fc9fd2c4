import { execa } from 'execa';
import pLimit from 'p-limit';
import type { Draft, Values } from './draft.ts';
import { isValues } from './yaml-form.ts';

/** How many `--host` calls run at once, for scripts that do not answer all in one. */
const callsAtOnce = 8;

/** Add what an executable says in Ansible's JSON: `--list`, and `--host NAME` for each when that had no `_meta`. */
export async function addScript(file: string, origin: string, draft: Draft): Promise<void> {
	const list = await ask(file, ['--list'], draft);
	if (list === undefined) {
		return;
	}

	const { _meta: meta, ...groups } = list;
	const hosts = [
		...new Set(Object.entries(groups).flatMap(([name, group]) => addGroup(name, group, origin, draft))),
	];

	const known = isValues(meta) ? meta.hostvars : undefined;
	if (isValues(known)) {
		for (const [name, values] of Object.entries(known)) {
			draft.hostValues(name, isValues(values) ? values : {}, origin);
		}

		return;
	}

	const limit = pLimit(callsAtOnce);
	const answers = await Promise.all(hosts.map((name) => limit(() => ask(file, ['--host', name], draft))));
	for (const [index, values] of answers.entries()) {
		draft.hostValues(hosts[index] ?? '', values ?? {}, origin);
	}
}

function addGroup(name: string, data: unknown, origin: string, draft: Draft): readonly string[] {
	draft.group(name);
	const group = asGroup(name, data);
	const { hosts = [], vars = {}, children = [] } = group;
	if (!isNames(hosts) || !isNames(children) || !isValues(vars)) {
		draft.problems.error(
			`${origin}: the group "${name}" has hosts or children that are no list, or vars that are no map`,
			{
				hint: 'the form is {"GROUP": {"hosts": ["a"], "vars": {}, "children": []}, "_meta": {"hostvars": {}}}',
			},
		);
		return [];
	}

	if (Object.keys(vars).length > 0) {
		draft.groupValues(name, vars, origin);
	}

	for (const child of children) {
		draft.link(name, child);
	}

	return hosts.flatMap((host) => draft.add(host, name, {}, origin));
}

/** Old scripts give a list of hosts, or the variables of one host whose name is that of the group. */
function asGroup(name: string, data: unknown): Values {
	if (!isValues(data)) {
		return { hosts: data };
	}

	return ['hosts', 'vars', 'children'].some((key) => Object.hasOwn(data, key))
		? data
		: { hosts: [name], vars: data };
}

async function ask(file: string, words: readonly string[], draft: Draft): Promise<Values | undefined> {
	const { stdout, stderr, failed, shortMessage } = await execa(file, words, {
		reject: false,
		stdin: 'ignore',
	});
	if (failed) {
		draft.problems.error(`${file}: ${shortMessage ?? 'failed'}`, { hint: lastLines(stderr) });
		return undefined;
	}

	const data = parse(stdout);
	if (isValues(data)) {
		return data;
	}

	if (stdout.trim() !== '' || words[0] === '--list') {
		draft.problems.error(`${file} ${words.join(' ')}: expected a JSON object on its standard output`, {
			hint: lastLines(stderr) ?? `it said: ${stdout.slice(0, 200)}`,
		});
	}

	return undefined;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const isNames = (value: unknown): value is readonly string[] =>
	Array.isArray(value) && value.every((item) => typeof item === 'string');

const lastLines = (text: string): string | undefined =>
	text.trim().split('\n').slice(-5).join('\n') || undefined;
