import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { type SshPeer, sshPeers } from './ssh-peers.ts';
import { readUfw, type StoredRule, type UfwFiles } from './ufw-files.ts';
import type { KernelState } from './ufw-kernel.ts';
import { lockedOut } from './ufw-lockout.ts';
import { ruleText, type UfwRule } from './ufw-rule.ts';
import { type SingleRuleArguments, singleRule } from './ufw-single-rule.ts';

export type UfwRequest = SingleRuleArguments & {
	readonly state?: 'enabled' | 'disabled' | 'reloaded' | undefined;
	readonly default_incoming?: string | undefined;
	readonly default_outgoing?: string | undefined;
	readonly default_routed?: string | undefined;
	readonly logging?: string | undefined;
	readonly owner: string;
	readonly rules?: readonly WantedRule[] | undefined;
};

export type WantedRule = { readonly rule: UfwRule; readonly comment?: string | undefined };

export type UfwState = {
	readonly enabled?: boolean | undefined;
	readonly kernel?: KernelState | undefined;
	readonly default_incoming?: string | undefined;
	readonly default_outgoing?: string | undefined;
	readonly default_routed?: string | undefined;
	readonly logging?: string | undefined;
	/** The rules that the task is about, in the words of ufw. */
	readonly rules?: readonly string[] | undefined;
	/** Why this task would shut ssh out; undefined when it would not. */
	readonly lockout?: string | undefined;
};

/** The mark of an owner, at the beginning of comments. */
export const markOf = (owner: string): string => `g2pbook:${owner}`;

/** The rules that the task is about, whatever the form of its arguments. */
export const wantedRules = (args: UfwRequest): readonly WantedRule[] =>
	args.rules ?? (args.rule === undefined ? [] : [singleRule(args).data].filter((rule) => rule !== undefined));

export async function readUfwState(args: UfwRequest, host: Reader): Promise<UfwState | undefined> {
	const files = await readUfw(host);
	if (files === undefined) {
		return undefined;
	}

	const state: UfwState = {
		enabled: files.enabled,
		kernel: files.kernel,
		default_incoming: files.incoming,
		default_outgoing: files.outgoing,
		default_routed: files.routed,
		logging: args.logging === 'on' && files.logging !== 'off' ? 'on' : files.logging,
		rules: rulesOfTask(args, files.rules),
	};
	return { ...state, lockout: await lockout(args, files, state, host) };
}

/** What should be. @throws Impossible when that would shut ssh out. */
export function wantedUfw(args: UfwRequest, current: UfwState | undefined): UfwState {
	if (current?.lockout !== undefined) {
		impossible(
			current.lockout,
			'allow it in the same task, for example {action: limit, port: 22/tcp}, before the rest',
		);
	}

	const texts = [...new Set(wantedRules(args).map(({ rule }) => ruleText(rule)))];
	return {
		...wantedSwitch(args.state),
		default_incoming: args.default_incoming,
		default_outgoing: args.default_outgoing,
		default_routed: args.default_routed,
		logging: args.logging,
		rules: args.rules !== undefined ? texts : args.rule === undefined ? undefined : args.delete ? [] : texts,
	};
}

const wantedSwitch = (state: UfwRequest['state']): Pick<UfwState, 'enabled' | 'kernel'> =>
	state === 'enabled'
		? { enabled: true, kernel: 'as its files say' }
		: state === 'disabled'
			? { enabled: false, kernel: 'off' }
			: {};

const isOwn = (args: UfwRequest, { comment }: StoredRule): boolean =>
	args.rules !== undefined &&
	(comment === markOf(args.owner) || comment.startsWith(`${markOf(args.owner)}: `));

/**
 * Of the rules on the host those that the task is about. Where only allowing rules are wanted their order says
 * nothing, so it is the order of the wish, and a rule that somebody else has made already counts as fulfilled.
 */
function rulesOfTask(args: UfwRequest, stored: readonly StoredRule[]): readonly string[] {
	const texts = [...new Set(wantedRules(args).map(({ rule }) => ruleText(rule)))];
	const own = stored.filter((rule) => isOwn(args, rule));
	if (
		orderMatters(wantedRules(args)) &&
		!([4, 6] as const).every((family) => isInOrder(own, texts, family))
	) {
		return own.filter(({ whole, text }) => whole || !texts.includes(text)).map(({ text }) => text);
	}

	const candidates = orderMatters(wantedRules(args)) ? own : stored;
	const there = new Set(candidates.filter(({ whole }) => whole).map(({ text }) => text));
	return [
		...texts.filter((text) => there.has(text)),
		...own.map(({ text }) => text).filter((text) => !texts.includes(text)),
	];
}

/** Whether those of the rules that are wanted stand in the wanted order. The families are tried apart. */
function isInOrder(own: readonly StoredRule[], texts: readonly string[], family: 4 | 6): boolean {
	const places = texts.map((text) => own.find((rule) => rule.text === text)?.places.get(family));
	const known = places.filter((place) => place !== undefined);
	return known.every((place, index) => place >= (known[index - 1] ?? 0));
}

/** Rules that open mixed with rules that close: the first that fits decides. */
export const orderMatters = (rules: readonly WantedRule[]): boolean => {
	const opening = rules.filter(({ rule }) => rule.action === 'allow' || rule.action === 'limit').length;
	return opening > 0 && opening < rules.length;
};

/** Looks at the connections only when something would change, and the result would be a firewall that is on. */
async function lockout(
	args: UfwRequest,
	files: UfwFiles,
	state: UfwState,
	host: Reader,
): Promise<string | undefined> {
	const wanted = wantedUfw(args, undefined);
	const settled = Object.entries(wanted).every(
		([key, value]) =>
			value === undefined || JSON.stringify(value) === JSON.stringify(state[key as keyof UfwState]),
	);
	if (settled || !(wanted.enabled ?? files.enabled)) {
		return undefined;
	}

	const peers = await sshPeers(host);
	const before = files.rules.map(({ rule }) => rule);
	const closed = lockedOut(peers, rulesAfter(args, files.rules), wanted.default_incoming ?? files.incoming);
	// What is shut out already is not for this task to judge.
	return closed === undefined || (files.enabled && lockedOut(peers, before, files.incoming) !== undefined)
		? undefined
		: describe(closed);
}

function rulesAfter(args: UfwRequest, stored: readonly StoredRule[]): readonly UfwRule[] {
	const wanted = wantedRules(args);
	const texts = wanted.map(({ rule }) => ruleText(rule));
	if (args.delete) {
		return stored.filter(({ text }) => !texts.includes(text)).map(({ rule }) => rule);
	}

	const kept = stored.filter((rule) => !isOwn(args, rule) || texts.includes(rule.text));
	const added = wanted.filter(({ rule }) => !kept.some(({ text }) => text === ruleText(rule)));
	return [...kept.map(({ rule }) => rule), ...added.map(({ rule }) => rule)];
}

const describe = ({ port, address }: SshPeer): string =>
	`the firewall would shut out ssh: no rule would let ${address ?? 'anybody'} in to port ${port}`;
