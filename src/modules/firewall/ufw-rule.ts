import { familyOf } from './canonical-address.ts';

/** A rule of ufw with nothing left to say in two ways. */
export type UfwRule = {
	/** For forwarded packets instead of the ones of this host. */
	readonly route: boolean;
	readonly action: string;
	/** Of a route rule only what `interfaces` say. */
	readonly direction: 'in' | 'out';
	readonly interfaceIn?: string | undefined;
	readonly interfaceOut?: string | undefined;
	readonly log?: string | undefined;
	readonly proto: string;
	readonly from: string;
	readonly fromPort: string;
	readonly to: string;
	readonly toPort: string;
};

/** The words that ufw understands. Rules are the same when their words are. */
export function ruleText(rule: UfwRule): string {
	const port = (text: string) => (text === 'any' ? [] : ['port', text]);
	const { interfaceIn, interfaceOut } = rule;
	return [
		...(rule.route ? ['route'] : []),
		rule.action,
		...(rule.route || interfaceIn !== undefined || interfaceOut !== undefined ? [] : [rule.direction]),
		...(interfaceIn === undefined ? [] : ['in', 'on', interfaceIn]),
		...(interfaceOut === undefined ? [] : ['out', 'on', interfaceOut]),
		...(rule.log === undefined ? [] : [rule.log]),
		...['from', rule.from, ...port(rule.fromPort)],
		...['to', rule.to, ...port(rule.toPort)],
		...(rule.proto === 'any' ? [] : ['proto', rule.proto]),
	].join(' ');
}

/** The families that ufw keeps a rule for; without IPv6 only the first. */
export function ruleFamilies({ from, to, proto }: UfwRule, ipv6: boolean): readonly (4 | 6)[] {
	const family = familyOf(from) ?? familyOf(to);
	const only4 = proto === 'igmp' || proto === 'ipv6';
	return family !== undefined ? [family] : ipv6 && !only4 ? [4, 6] : [4];
}

/** `443,80` and `6000-6010` as ufw writes them. */
export const canonicalPorts = (text: string): string =>
	text
		.split(',')
		.map((part) => part.trim().replace('-', ':'))
		.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
		.join(',');

/** Whether a rule's ports hold a port. */
export const holdsPort = (ports: string, port: number): boolean =>
	ports === 'any' ||
	ports.split(',').some((part) => {
		const [first, last = first] = part.split(':').map(Number);
		return first !== undefined && last !== undefined && port >= first && port <= last;
	});
