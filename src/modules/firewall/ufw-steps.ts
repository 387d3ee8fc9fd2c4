import type { Step } from '../../module/contract.ts';
import { sh, type Word } from '../../shell/command.ts';
import { emptyKernel, loadKernel } from './ufw-kernel.ts';
import { ruleText } from './ufw-rule.ts';
import {
	markOf,
	orderMatters,
	type UfwRequest,
	type UfwState,
	type WantedRule,
	wantedRules,
} from './ufw-state.ts';

/** The commands for the keys that differ, opening before closing. ufw never resets here. */
export function* ufwSteps(
	args: UfwRequest,
	before: UfwState,
	after: UfwState,
	keys: ReadonlySet<string>,
): Iterable<Step> {
	const [stale, missing] = keys.has('rules')
		? differences(args, before.rules ?? [], after.rules ?? [])
		: [[], []];
	// First, since ufw adds no rule to a kernel that lacks its chains.
	const reload = keys.has('kernel') && after.enabled ? [emptyKernel(), loadKernel()] : [];
	yield* before.enabled ? reload : [];
	const [add, remove] = [missing.map((rule) => addRule(args, rule)), stale.map(deleteRule)];
	// Rules whose order says something come again in the right one, so the old ones go first.
	yield* orderMatters(wantedRules(args)) ? [...remove, ...add] : add;
	for (const [key, name] of [
		['default_incoming', 'incoming'],
		['default_outgoing', 'outgoing'],
		['default_routed', 'routed'],
	] as const) {
		if (keys.has(key)) {
			yield sh`ufw default ${after[key]} ${name}`;
		}
	}

	if (keys.has('logging')) {
		yield sh`ufw logging ${after.logging}`;
	}

	yield* orderMatters(wantedRules(args)) ? [] : remove;
	if (keys.has('enabled') || after.enabled === false) {
		yield after.enabled ? sh`ufw --force enable` : sh`ufw disable`;
	}

	// At the end (again), since ufw completes its files while it works, and tells the kernel only of what was asked.
	yield* before.enabled && keys.size === 1 ? [] : reload;
}

function differences(
	args: UfwRequest,
	before: readonly string[],
	after: readonly string[],
): readonly [stale: readonly string[], missing: readonly WantedRule[]] {
	const all = wantedRules(args);
	const rules = (texts: readonly string[]) =>
		texts.flatMap((text) => all.find(({ rule }) => ruleText(rule) === text) ?? []);
	if (!orderMatters(all)) {
		return [
			before.filter((text) => !after.includes(text)),
			rules(after.filter((text) => !before.includes(text))),
		];
	}

	const different = after.findIndex((text, index) => text !== before[index]);
	const kept = different === -1 ? after.length : different;
	return [before.slice(kept), rules(after.slice(kept))];
}

function addRule({ owner, rules }: UfwRequest, { rule, comment }: WantedRule): Step {
	const mark = rules === undefined ? comment : [markOf(owner), comment].filter(Boolean).join(': ');
	const words: Word = ruleText(rule).split(' ');
	return sh`ufw ${words} ${mark === undefined ? [] : ['comment', mark]}`;
}

function deleteRule(text: string): Step {
	const [first = '', ...rest] = text.split(' ');
	return first === 'route' ? sh`ufw route delete ${rest}` : sh`ufw delete ${[first, ...rest]}`;
}
