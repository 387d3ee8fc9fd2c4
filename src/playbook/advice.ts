import { didYouMean, nearest } from '../diagnostics.ts';
import type { Fields } from './fields.ts';
import { moduleAdvice } from './module-advice.ts';
import { loopFor } from './with-loops.ts';

// What to do about words that Ansible has and g2pbook has not, or not here.

const advice: Readonly<Record<string, string>> = {
	allow_duplicates: 'it belongs to meta/main.yml of the role',
	args: 'write the arguments as a mapping behind the module: "copy: {…}"',
	action: 'write the module as a key of its own: "copy: {…}"',
	local_action: 'write the module as a key of its own, and "delegate_to: localhost"',
	async: 'tasks wait for their module: use timeout, or start a systemd unit for long work',
	poll: 'tasks wait for their module: use timeout, or start a systemd unit for long work',
	become_method: 'it belongs to the inventory: ansible_become_method: sudo, su or doas',
	become_flags: 'sudo is the way to become another user: leave it out',
	become_exe: 'sudo is the way to become another user: leave it out',
	sudo: 'write become',
	sudo_user: 'write become_user',
	user: 'write remote_user',
	collections: 'all modules are built in: leave it out',
	debugger: 'use --step to go task by task, -vvv to see what is done',
	listen: 'it belongs to handlers',
	force_handlers: 'a notified handler is never lost: leave it out, or use --force-handlers',
	gather_subset: 'all facts cost one round trip: leave it out',
	gather_timeout: 'all facts cost one round trip: leave it out',
	fact_path: 'write facts of your own with set_fact',
	port: 'set ansible_port in the inventory',
	vars_prompt: 'pass the value with -e, or store it and write !secret NAME',
	module_defaults: 'it belongs to the play',
	break_when: 'use until with retries, or a filtered list: loop: !cel "items.filter(i, …)"',
};

/** What to write instead of a word that Ansible knows, with what stands behind it. */
const adviceFor = (word: string, value: unknown): string | undefined =>
	Object.hasOwn(advice, word)
		? advice[word]
		: word.startsWith('with_')
			? loopFor(word, value)
			: moduleAdvice(word);

/** A problem for each key that is not among the allowed ones. `elsewhere` are good words that have no place here. */
export function checkKeys(
	fields: Fields,
	what: string,
	allowed: readonly string[],
	elsewhere: Readonly<Record<string, string>> = {},
	otherwise?: string,
): void {
	for (const key of fields.keys.filter((name) => !allowed.includes(name))) {
		const advised = otherwise === undefined ? adviceFor(key, fields.value(key)) : undefined;
		const hint = elsewhere[key] ?? advised ?? didYouMean(key, allowed) ?? otherwise;
		const summary = Object.hasOwn(elsewhere, key)
			? `"${key}" cannot stand on ${what}`
			: `${what} has no keyword "${key}"`;
		fields.problems.error(summary, { source: fields.source(key, 'key'), hint });
	}
}

/** A key of a task that is neither keyword nor module. */
export function unknownAction(
	fields: Fields,
	key: string,
	keywords: readonly string[],
	modules: readonly string[],
): void {
	const [collection, plain = key] = /^\w+\.\w+\.(\w+)$/.exec(key) ?? [];
	const near = nearest(plain, [...modules, ...keywords]);
	const isModule =
		modules.length > 0 && (collection !== undefined || near === undefined || modules.includes(near));
	const noun = isModule ? 'module' : 'keyword';
	fields.problems.error(`unknown ${noun} "${key}"`, {
		source: fields.source(key, 'key'),
		hint:
			adviceFor(key, fields.value(key)) ??
			(near === undefined ? '"g2pbook doc" lists the modules' : didYouMean(key, [near])),
	});
}
