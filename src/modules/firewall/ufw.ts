import * as z from 'zod';
import { compare } from '../../module/compare.ts';
import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { ruleArgument } from './ufw-arguments.ts';
import { singleRule, singleRuleArguments } from './ufw-single-rule.ts';
import { readUfwState, type UfwState, wantedUfw } from './ufw-state.ts';
import { ufwSteps } from './ufw-steps.ts';

const policy = (what: string) =>
	z
		.enum(['allow', 'deny', 'reject'])
		.optional()
		.describe(`What happens to ${what} packets that no rule is about. Left alone when not given.`);

export default stateModule({
	name: 'ufw',
	summary: 'Ensure the firewall has these rules, without touching those of others, and never shuts out ssh.',
	args: z
		.strictObject({
			state: z
				.enum(['enabled', 'disabled', 'reloaded'])
				.optional()
				.describe(
					'Whether the firewall is on; `reloaded` reads its files again whenever the task runs. Left alone when not given.',
				),
			default_incoming: policy('incoming'),
			default_outgoing: policy('outgoing'),
			default_routed: policy('forwarded'),
			logging: z
				.enum(['off', 'on', 'low', 'medium', 'high', 'full'])
				.optional()
				.describe('How much is logged. Left alone when not given.'),
			owner: z
				.string()
				.regex(/^[\w.-]+$/)
				.default('playbook')
				.describe('Whose rules `rules` are: they carry `g2pbook:OWNER` in their comments.'),
			rules: z
				.array(ruleArgument())
				.optional()
				.describe(
					'All rules of this owner: missing ones are added, others that carry its mark are removed, rules of anybody ' +
						'else stay. Each has `action`, and may have `direction`, `proto`, `from`, `from_port`, `to`, `port`, ' +
						'`interface`, `interface_in`, `interface_out`, `route`, `log`, `comment`.',
				),
			...singleRuleArguments,
		})
		.superRefine((args, context) => {
			if (args.rules !== undefined && args.rule !== undefined) {
				context.addIssue('give either `rules` or one `rule`');
			}

			const single = args.rule === undefined ? undefined : singleRule(args);
			for (const issue of single?.error?.issues ?? []) {
				context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] });
			}
		}),
	examples: [
		'ufw: {state: enabled, default_incoming: deny, rules: [{action: limit, port: 22/tcp}, {action: allow, port: "80,443", proto: tcp}]}',
		'ufw: {owner: wireguard, rules: [{action: allow, route: true, interface_in: wg0, from: 10.15.0.0/16, to: 192.0.2.0/24}]}',
		'ufw: {rule: allow, port: 5432, proto: tcp, from_ip: 192.0.2.10}',
		'ufw: {rule: allow, port: 80/tcp, delete: true}',
	],

	current: (args, host: Reader): Promise<UfwState | undefined> => readUfwState(args, host),
	desired(args, _local, current): UfwState | undefined {
		const wanted = wantedUfw(args, current);
		// What is not installed is as quiet as it would be after installing.
		return current === undefined && compare<UfwState>(asInstalled, wanted) === undefined ? undefined : wanted;
	},

	// Where it is not installed yet: as its package will leave it. Without the package the first command fails.
	create: (args, { after }) => {
		const change = compare<UfwState>(asInstalled, after);
		return change?.action === 'update' ? ufwSteps(args, asInstalled, after, change.keys) : [];
	},
	// Half a firewall is worse than none or all of it.
	finishes: true,
	update: (args, { before, after, keys }) => ufwSteps(args, before, after, keys),
	delete: () => impossible('a firewall is disabled, not deleted'),
	returns: { active: 'Whether it is on, and the kernel does what its files say, for IPv4 and IPv6.' },
	result: (_args, current) => ({ active: current?.kernel === 'as its files say' }),
	triggers: ({ state }) => (state === 'reloaded' ? [sh`ufw reload`] : []),
});

const asInstalled: UfwState = {
	enabled: false,
	kernel: 'off',
	default_incoming: 'deny',
	default_outgoing: 'allow',
	default_routed: 'deny',
	logging: 'low',
	rules: [],
};
