import type { Reader } from '../../module/contract.ts';
import { linesOf, readText } from '../lib/lines.ts';
import { canonicalAddress } from './canonical-address.ts';
import { type KernelState, readKernel } from './ufw-kernel.ts';
import { ruleFamilies, ruleText, type UfwRule } from './ufw-rule.ts';

export type StoredRule = {
	readonly text: string;
	readonly rule: UfwRule;
	readonly comment: string;
	/** Kept for each family that it is about; a twin may have been removed by hand. */
	readonly whole: boolean;
	/** Where it stands in the file of each family. */
	readonly places: ReadonlyMap<4 | 6, number>;
};

export type UfwFiles = {
	readonly enabled: boolean;
	readonly kernel: KernelState;
	readonly incoming: string;
	readonly outgoing: string;
	readonly routed: string;
	readonly logging: string;
	/** In the order in which they are tried. */
	readonly rules: readonly StoredRule[];
};

/** What ufw keeps in its files, and whether the kernel does that; undefined when it is not installed. */
export async function readUfw(host: Reader): Promise<UfwFiles | undefined> {
	const [settings, conf, rules, rules6] = await Promise.all([
		host.content('/etc/default/ufw'),
		readText('/etc/ufw/ufw.conf', host),
		readText('/etc/ufw/user.rules', host),
		readText('/etc/ufw/user6.rules', host),
	]);
	if (settings === undefined) {
		return undefined;
	}

	const defaults = settings.toString('utf8');
	const enabled = value(conf, 'ENABLED') === 'yes';
	return {
		enabled,
		kernel: await readKernel(enabled, host),
		incoming: policy(value(defaults, 'DEFAULT_INPUT_POLICY')),
		outgoing: policy(value(defaults, 'DEFAULT_OUTPUT_POLICY')),
		routed: policy(value(defaults, 'DEFAULT_FORWARD_POLICY')),
		logging: value(conf, 'LOGLEVEL'),
		rules: merge(tuples(rules), tuples(rules6), value(defaults, 'IPV6') === 'yes'),
	};
}

type Tuple = { readonly rule: UfwRule; readonly comment: string };

/** Rules for both families are one rule to people. */
function merge(four: readonly Tuple[], six: readonly Tuple[], ipv6: boolean): readonly StoredRule[] {
	const found = new Map<string, { readonly tuple: Tuple; readonly places: Map<4 | 6, number> }>();
	for (const [family, list] of [
		[4, four],
		[6, six],
	] as const) {
		for (const [index, tuple] of list.entries()) {
			const text = ruleText(tuple.rule);
			const entry = found.get(text) ?? { tuple, places: new Map() };
			entry.places.set(family, index);
			found.set(text, entry);
		}
	}

	return [...found].map(([text, { tuple, places }]) => ({
		text,
		...tuple,
		places,
		whole: ruleFamilies(tuple.rule, ipv6).every((family) => places.has(family)),
	}));
}

const tuples = (text: string): readonly Tuple[] =>
	linesOf(text)
		.filter((line) => line.startsWith('### tuple ### '))
		.map(parseTuple);

/** `### tuple ### ACTION PROTO DPORT DST SPORT SRC [DAPP SAPP] DIRECTION [comment=HEX]` */
function parseTuple(line: string): Tuple {
	const [words = '', hex = ''] = line.slice('### tuple ### '.length).split(' comment=');
	const fields = words.trim().split(' ');
	const [written = '', proto = 'any', toPort = 'any', to = 'any', fromPort = 'any', from = 'any'] = fields;
	const [action = '', log] = written.replace('route:', '').split('_');
	const direction = fields.length > 6 ? (fields.at(-1) ?? 'in') : 'in';
	const on = (way: string) =>
		direction
			.split('!')
			.find((part) => part.startsWith(`${way}_`))
			?.slice(way.length + 1);
	return {
		rule: {
			route: written.startsWith('route:'),
			action,
			direction: direction.startsWith('out') ? 'out' : 'in',
			interfaceIn: on('in'),
			interfaceOut: on('out'),
			log,
			proto,
			from: canonicalAddress(from) ?? from,
			fromPort,
			to: canonicalAddress(to) ?? to,
			toPort,
		},
		comment: Buffer.from(hex.trim(), 'hex').toString('utf8'),
	};
}

const value = (text: string, name: string): string =>
	new RegExp(`^${name}="?([^"\\n]*)"?\\s*$`, 'm').exec(text)?.[1]?.trim() ?? '';

const policies: Readonly<Record<string, string>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' };
const policy = (word: string): string => policies[word] ?? word;
