import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import type { Output } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { listOf } from '../lib/list-of.ts';
import { clusterArguments, refusal } from './cluster-arguments.ts';
import { conditionFrom } from './condition.ts';
import { lookCommand, missing, type Seen, seenIn } from './wait-look.ts';
import { moreCommand, waitReasons } from './wait-reasons.ts';

const schema = z.strictObject({
	kind: listOf(z.string().min(1)).describe('Kind of the objects, or several: `[Deployment, DaemonSet]`.'),
	name: z
		.string()
		.min(1)
		.optional()
		.describe('Name of one object. All of the kind when neither it nor selector is given.'),
	selector: z.string().min(1).optional().describe('Labels of the objects: `app=web,tier!=back`.'),
	namespace: z.string().min(1).optional().describe('Their namespace. The one of the context when not given.'),
	for: z
		.string()
		.describe(
			'What each has to be. `rollout`: all pods of a Deployment, StatefulSet or DaemonSet are new and available. Else as ' +
				'`kubectl wait --for` has it: `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Bound`, ' +
				'`create`, `delete`.',
		),
	count: z.int().positive().default(1).describe('How many of them there must be at least.'),
	timeout: z.number().positive().default(300).describe('Seconds until it is a failure.'),
	sleep: z.number().positive().default(2).describe('Seconds between looks.'),
	...clusterArguments,
});
type Arguments = z.output<typeof schema>;

export default actionModule({
	name: 'kubernetes_wait',
	summary: 'Wait until objects of a cluster are what they should become.',
	args: schema,
	examples: [
		'kubernetes_wait: {kind: Deployment, name: istiod, namespace: istio-system, for: rollout}',
		'kubernetes_wait: {kind: [Deployment, DaemonSet], namespace: kube-system, for: rollout, timeout: 600}',
		'kubernetes_wait: {kind: Node, selector: "!node-role.kubernetes.io/control-plane", for: condition=Ready, count: 3}',
		'kubernetes_wait: {kind: PersistentVolumeClaim, name: data, for: "jsonpath={.status.phase}=Bound"}',
	],
	returns: { elapsed: 'Seconds that it took.' },
	effect: 'waits',

	async lack(args, host) {
		const { command, missingIn } = lookFor(args);
		return missingIn(await host.read(command, { ok: [0, 1, 127] })).join('; ') || undefined;
	},

	async act(args, host, run) {
		const { command, seen, missingIn } = lookFor(args);
		const started = Date.now();
		const elapsed = (): number => (Date.now() - started) / 1000;
		for (;;) {
			const output = await host.perform(command);
			const lines = missingIn(output);
			if (lines.length === 0) {
				return { changed: false, result: { elapsed: Math.round(elapsed()) } };
			}

			if (elapsed() + args.sleep > args.timeout) {
				const reasons = await waitReasons(args, host, seen(output)).catch(() => []);
				throw new TaskFailed(
					[`after ${args.timeout} s still not \`${args.for}\`: ${subject(args)}`, ...lines, ...reasons].join(
						'\n',
					),
					{
						hint: `more is told by: ${moreCommand(args, seen(output)).line}`,
						result: { elapsed: Math.round(elapsed()) },
					},
				);
			}

			await run.sleep(args.sleep);
		}
	},
});

function lookFor(args: Arguments) {
	if (args.name !== undefined && args.selector !== undefined) {
		return impossible(
			'name and selector are both given',
			'give the name of one object, or labels of several',
		);
	}

	const condition = conditionFrom(args.for);
	const seen = ({ code, stdout, stderr }: Output): readonly Seen[] =>
		code === 0 ? seenIn({ code, stdout, stderr }, condition) : [];
	return {
		command: lookCommand(args, condition),
		seen,
		/** @throws ReadFailed when there is nobody to ask */
		missingIn(output: Output): readonly string[] {
			// The API server may be away for a while, or not know the kind yet: that is waited for, too.
			if (output.code > 1) {
				throw refusal(args, output);
			}

			return output.code === 0
				? missing(args, condition, seen(output))
				: [`the cluster says: ${output.stderr.trim()}`];
		},
	};
}

const subject = ({ kind, name, selector, namespace }: Arguments): string =>
	[
		name === undefined ? `all ${kind.join(', ')}` : `${kind.join(', ')} ${name}`,
		...(selector === undefined ? [] : [`with ${selector}`]),
		...(namespace === undefined ? [] : [`in ${namespace}`]),
	].join(' ');
