import * as z from 'zod';
import type { State } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { applySteps, deleteSteps, waitSteps } from './apply-steps.ts';
import { clusterArguments } from './cluster-arguments.ts';
import { manifestsOf, titleOf } from './manifest.ts';
import {
	asDescribed,
	detailOf,
	isAmong,
	leftOver,
	leftOverOf,
	membersIn,
	presentOf,
	stateOf,
	waitsOf,
} from './manifest-state.ts';
import { reasonsFor } from './reasons.ts';

const schema = z.strictObject({
	definition: z.unknown().optional().describe('An object, or a list of objects.'),
	src: z
		.string()
		.min(1)
		.optional()
		.describe('File of the role, or beside the playbook, with objects in YAML.'),
	template: z.string().min(1).optional().describe('Template that gives objects in YAML.'),
	namespace: z.string().min(1).optional().describe('Namespace of objects that do not say theirs.'),
	state: z.enum(['present', 'absent']).default('present').describe('Whether the objects should be there.'),
	set: z
		.string()
		.regex(
			/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
			'write a value of a label: letters, digits, - . _',
		)
		.optional()
		.describe(
			'A name for these objects together, which they carry as a label. Those that carry it and are not described ' +
				'any more are removed.',
		),
	force: z.boolean().default(false).describe('Take over fields that somebody else has written.'),
	wait: z
		.record(z.string(), z.string())
		.default({})
		.describe(
			'What objects of a kind have to become, as `kubectl wait --for` says it: `{Deployment: condition=Available}`.',
		),
	wait_timeout: z.int().positive().default(300).describe('Seconds for that.'),
	...clusterArguments,
});

export default stateModule({
	name: 'kubernetes_manifest',
	changesOthers: true,
	summary: 'Ensure objects of a cluster are as described, or are not there.',
	args: schema,
	examples: [
		'kubernetes_manifest: {definition: {apiVersion: v1, kind: Namespace, metadata: {name: commons}}}',
		'kubernetes_manifest: {template: storage-class.yml, set: storage, wait: {Deployment: condition=Available}}',
		'kubernetes_manifest: {src: gateway.yml, namespace: istio-system, state: absent}',
	],

	async current(args, host, local): Promise<State | undefined> {
		const manifests = await manifestsOf(args, local);
		if (args.state === 'present') {
			return stateOf(args, host, manifests);
		}

		const found = await presentOf(args, host, manifests);
		return found.length === 0 ? undefined : Object.fromEntries(found.map((each) => [titleOf(each), 'there']));
	},

	async desired(args, local): Promise<State | undefined> {
		if (args.state === 'absent') {
			return undefined;
		}

		const manifests = await manifestsOf(args, local);
		return Object.fromEntries([
			...manifests.map((manifest) => [titleOf(manifest), asDescribed]),
			...waitsOf(args, manifests).map(({ key }) => [key, true]),
			...leftOverOf(args, []),
		]);
	},

	async create(args, _, local) {
		const manifests = await manifestsOf(args, local);
		return [...applySteps(args, manifests), ...waitSteps(args, manifests)];
	},

	async update(args, { keys, before }, local) {
		const manifests = await manifestsOf(args, local);
		const waits = waitsOf(args, manifests).filter(({ key }) => keys.has(key));
		return [
			...applySteps(
				args,
				manifests.filter((manifest) => keys.has(titleOf(manifest))),
			),
			...waitSteps(
				args,
				waits.map(({ manifest }) => manifest),
			),
			...deleteSteps(args, membersIn(before[leftOver]), args.wait_timeout),
		];
	},

	async delete(args, { before }, local) {
		const manifests = await manifestsOf(args, local);
		return deleteSteps(
			args,
			manifests.filter((manifest) => isAmong(Object.keys(before), manifest)),
			args.wait_timeout,
		);
	},

	detail: async (args, change, host, local) =>
		change.action === 'delete' ? [] : detailOf(args, host, await manifestsOf(args, local)),

	reasons: async (args, host, local) => {
		const manifests = await manifestsOf(args, local);
		return reasonsFor(
			args,
			host,
			manifests.filter(({ kind }) => args.wait[kind] !== undefined),
		);
	},
});
