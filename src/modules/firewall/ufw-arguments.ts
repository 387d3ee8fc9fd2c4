import * as z from 'zod';
import { canonicalAddress } from './canonical-address.ts';
import { canonicalPorts, type UfwRule } from './ufw-rule.ts';

const address = () =>
	z
		.string()
		.transform((text) => canonicalAddress(text))
		.refine((text) => text !== undefined, 'write an address, a network such as 192.0.2.0/24, or any')
		.transform(String);

const port = () =>
	z
		.union([z.int().min(1).max(65535), z.string(), z.array(z.int().min(1).max(65535)).min(1)])
		.transform(String)
		.refine(
			(text) => /^(any|\d+([:-]\d+)?(,\d+([:-]\d+)?)*(\/(tcp|udp))?)$/.test(text),
			'write port numbers such as 22, 22/tcp, "80,443" or "6000:6010"',
		);

/** What one rule is made of, in the words of `rules`. */
const fields = {
	proto: z.enum(['any', 'tcp', 'udp', 'esp', 'ah', 'gre', 'igmp', 'ipv6', 'vrrp']).default('any'),
	from: address().default('any'),
	from_port: port().default('any'),
	to: address().default('any'),
	port: port().default('any'),
	interface: z.string().min(1).optional(),
	interface_in: z.string().min(1).optional(),
	interface_out: z.string().min(1).optional(),
	route: z.boolean().default(false),
	log: z.union([z.boolean(), z.literal('all')]).default(false),
	comment: z
		.string()
		.regex(/^[^'\n]*$/, 'ufw takes no quotes in comments')
		.optional(),
};

const actions = z.enum(['allow', 'deny', 'reject', 'limit']);

/** One of `rules`; the output is the rule and its comment. */
export const ruleArgument = () =>
	z
		.strictObject({ action: actions, direction: z.enum(['in', 'out']).default('in'), ...fields })
		.superRefine((rule, context) => {
			const [, proto = rule.proto] = rule.port.split('/');
			if (/[,:-]/.test(`${rule.port}${rule.from_port}`) && proto !== 'tcp' && proto !== 'udp') {
				context.addIssue('several ports need `proto: tcp` or `proto: udp`');
			}

			if (rule.interface_out !== undefined && rule.interface_in !== undefined && !rule.route) {
				context.addIssue('two interfaces go with `route: true` only');
			}
		})
		.transform((rule) => ({ rule: toRule(rule), comment: rule.comment }));

type Fields = z.output<z.ZodObject<typeof fields>> & {
	readonly action: string;
	readonly direction: 'in' | 'out';
};

function toRule(written: Fields): UfwRule {
	const { interface: either, direction } = written;
	const interfaceIn = written.interface_in ?? (direction === 'in' ? either : undefined);
	const interfaceOut = written.interface_out ?? (direction === 'out' ? either : undefined);
	const [toPort = 'any', proto = written.proto] = written.port.split('/');
	return {
		route: written.route,
		action: written.action,
		direction: interfaceIn !== undefined ? 'in' : interfaceOut !== undefined ? 'out' : direction,
		interfaceIn,
		interfaceOut,
		log: written.log === false ? undefined : written.log === 'all' ? 'log-all' : 'log',
		proto,
		from: written.from,
		fromPort: canonicalPorts(written.from_port),
		to: written.to,
		toPort: canonicalPorts(toPort),
	};
}
