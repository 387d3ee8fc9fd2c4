import * as z from 'zod';
import { ruleArgument } from './ufw-arguments.ts';

const port = (what: string) =>
	z
		.union([z.int(), z.string()])
		.optional()
		.describe(`With \`rule\`: port ${what}, such as 22, 22/tcp, "80,443" or "6000:6010".`);
const text = (what: string) => z.string().optional().describe(`With \`rule\`: ${what}.`);

/** The form that Ansible has: one rule, which belongs to nobody and is added or deleted. */
export const singleRuleArguments = {
	rule: z
		.enum(['allow', 'deny', 'reject', 'limit'])
		.optional()
		.describe(
			'One rule instead of a set: what it does. It carries no mark, so it stays until `delete: true`.',
		),
	delete: z.boolean().default(false).describe('With `rule`: make it absent.'),
	direction: z
		.enum(['in', 'out'])
		.default('in')
		.describe('With `rule`: whether it is about incoming packets.'),
	proto: text('protocol, such as tcp'),
	from_ip: text('address or network of the sender'),
	from_port: port('of the sender'),
	to_ip: text('address or network of the receiver'),
	to_port: port('of the receiver'),
	port: port('of the receiver'),
	interface: text('interface that the packets pass'),
	interface_in: text('interface by which they come'),
	interface_out: text('interface by which they leave'),
	route: z.boolean().default(false).describe('With `rule`: forwarded packets are meant.'),
	log: z.boolean().default(false).describe('With `rule`: log what it is about.'),
	comment: text('a comment'),
};

export type SingleRuleArguments = z.output<z.ZodObject<typeof singleRuleArguments>>;

/** The rule of the one-rule form, or what is wrong with it. */
export const singleRule = (args: SingleRuleArguments) =>
	ruleArgument().safeParse({
		action: args.rule,
		direction: args.direction,
		proto: args.proto,
		from: args.from_ip,
		from_port: args.from_port,
		to: args.to_ip,
		port: args.to_port ?? args.port,
		interface: args.interface,
		interface_in: args.interface_in,
		interface_out: args.interface_out,
		route: args.route,
		log: args.log,
		comment: args.comment,
	});
