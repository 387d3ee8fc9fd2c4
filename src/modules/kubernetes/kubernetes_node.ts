import * as z from 'zod';
import type { State } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { clusterArguments, fieldManager, kubectl } from './cluster-arguments.ts';
import { drainDetail, drainReasons, drainStep, podsInTheWay } from './drain.ts';
import { nodeNamed, nodeThatIs } from './nodes.ts';

const keyOfLabel = z
	.string()
	.regex(
		/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
		'write a key such as example.org/role',
	);
const valueOfLabel = z
	.string({ error: 'write a text, in quotes where YAML makes it something else, or null' })
	.regex(/^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/, 'only letters, digits, - . _ are allowed');

const schema = z.strictObject({
	name: z.string().min(1).describe('Name of the node.'),
	state: z
		.enum(['present', 'absent'])
		.default('present')
		.describe(
			'Absent: the cluster forgets the node. One whose service still runs comes back. A server leaves etcd with it.',
		),
	labels: z
		.record(keyOfLabel, valueOfLabel.nullable())
		.default({})
		.describe('Labels that it must have; null: must not have. Others stay as they are.'),
	taints: z
		.array(
			z.strictObject({
				key: keyOfLabel,
				value: valueOfLabel.nullable().default(''),
				effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
			}),
		)
		.default([])
		.describe(
			'Taints that it must have, each with key, value and effect; value null: must not have. Others stay as they are.',
		),
	schedulable: z.boolean().optional().describe('Whether pods may be put on it (false: cordoned).'),
	drained: z
		.boolean()
		.default(false)
		.describe(
			'Takes no pods and has none, except those of DaemonSets, of the node itself, and those that would come back at once. ' +
				'When they do not go in time, it is as schedulable as before.',
		),
	timeout: z.int().positive().default(300).describe('Seconds for the pods to go.'),
	grace_period: z
		.int()
		.min(0)
		.optional()
		.describe('Seconds that each pod has to end; as the pod itself says when not given.'),
	delete_emptydir_data: z
		.boolean()
		.default(false)
		.describe('Evict pods with data on the node (emptyDir), which is lost.'),
	force: z
		.boolean()
		.default(false)
		.describe('Evict pods that nothing makes again elsewhere: they are gone for good.'),
	...clusterArguments,
});
type Arguments = z.output<typeof schema>;

/** The value of a label or taint that the node has not: no value can be that. */
const notThere = 'not there';

const keyOfTaint = ({ key, effect }: { readonly key: string; readonly effect: string }): string =>
	`taint ${key}:${effect}`;

export default stateModule({
	name: 'kubernetes_node',
	changesOthers: true,
	summary: 'Ensure that a node has labels and taints, takes pods or is empty, or is gone.',
	args: schema,
	examples: [
		'kubernetes_node: {name: agent1, labels: {shouldInstallIstio: "true", old: null}}',
		'kubernetes_node: {name: server1, taints: [{key: CriticalAddonsOnly, value: "true", effect: NoExecute}]}',
		'kubernetes_node: {name: agent1, drained: true, delete_emptydir_data: true, timeout: 600}',
		'kubernetes_node: {name: agent1, schedulable: true}',
		'kubernetes_node: {name: agent1, state: absent}',
	],

	async current(args, host): Promise<State | undefined> {
		const { name, labels, taints, state, drained } = consistent(args);
		if (state === 'absent') {
			return (await nodeNamed(host, args, name)) && { node: 'there' };
		}

		const [node, pods] = await Promise.all([
			nodeThatIs(host, args, name),
			drained ? podsInTheWay(args, host) : undefined,
		]);
		return {
			...Object.fromEntries(Object.keys(labels).map((key) => [`label ${key}`, node.labels[key] ?? notThere])),
			...Object.fromEntries(
				taints.map((taint) => {
					const found = node.taints.find((other) => keyOfTaint(other) === keyOfTaint(taint));
					return [keyOfTaint(taint), found === undefined ? notThere : (found.value ?? '')];
				}),
			),
			schedulable: node.schedulable,
			pods,
		};
	},

	desired({ state, labels, taints, schedulable, drained }): State | undefined {
		return state === 'absent'
			? undefined
			: {
					...Object.fromEntries(
						Object.entries(labels).map(([key, value]) => [`label ${key}`, value ?? notThere]),
					),
					...Object.fromEntries(taints.map((taint) => [keyOfTaint(taint), taint.value ?? notThere])),
					schedulable: drained ? false : schedulable,
					pods: drained ? [] : undefined,
				};
	},

	create: ({ name }) => impossible(`the node ${name} makes itself known, and cannot be made`),

	update(args, { keys, before }) {
		const { name, labels, taints, drained, schedulable } = args;
		const ours = ['--overwrite', '--field-manager', fieldManager];
		const labelWords = Object.entries(labels)
			.filter(([key]) => keys.has(`label ${key}`))
			.map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`));
		const taintWords = taints
			.filter((taint) => keys.has(keyOfTaint(taint)))
			.map(({ key, value, effect }) => (value === null ? `${key}:${effect}-` : `${key}=${value}:${effect}`));
		return [
			...(labelWords.length === 0 ? [] : [kubectl(args, 'label', 'node', name, ours, labelWords)]),
			...(taintWords.length === 0 ? [] : [kubectl(args, 'taint', 'node', name, ours, taintWords)]),
			...(keys.has('pods') ? [drainStep(args, before.schedulable === true)] : []),
			...(keys.has('schedulable') && !keys.has('pods')
				? [kubectl(args, !drained && schedulable === true ? 'uncordon' : 'cordon', name)]
				: []),
		];
	},

	delete: (args) => [
		kubectl(args, 'delete', 'node', args.name, '--ignore-not-found', '--timeout', `${args.timeout}s`),
	],

	detail: async (args, change, host) =>
		change.action === 'update' && change.keys.has('pods') ? drainDetail(args, host) : [],

	reasons: async (args, host) => (args.drained ? drainReasons(args, host) : []),
});

function consistent(args: Arguments): Arguments {
	const { name, state, labels, taints, schedulable, drained } = args;
	const asked = Object.keys(labels).length + taints.length > 0 || schedulable !== undefined || drained;
	if (state === 'absent' && asked) {
		return impossible(
			`${name} cannot be absent and have something`,
			'drain it with a task of its own, stop its service, and then make it absent',
		);
	}

	if (drained && schedulable === true) {
		return impossible(
			`${name} cannot be drained and schedulable`,
			'leave `schedulable` out, and open the node again with a task after the work',
		);
	}

	return state === 'absent' || asked
		? args
		: impossible('nothing is asked of the node', 'give labels, taints, schedulable, drained or state');
}
