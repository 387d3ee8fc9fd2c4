import * as z from 'zod';
import type { State } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { chartAddress, chartOf, lackOf } from './chart.ts';
import { clusterArguments } from './cluster-arguments.ts';
import { helmArguments } from './helm-arguments.ts';
import { moreAbout, reasonsFor } from './reasons.ts';
import { releaseDetail } from './release-detail.ts';
import { type ReleaseState, releaseState, wantedState } from './release-state.ts';
import { installSteps, removeSteps, upgradeSteps } from './release-steps.ts';
import { listed, stored } from './releases.ts';
import { objectsIn } from './rendered.ts';

const map = () => z.record(z.string(), z.unknown());

const schema = z
	.strictObject({
		name: z
			.string()
			.regex(/^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/, 'write lower-case letters, digits, - and ., at most 53')
			.describe('Name of the release.'),
		namespace: z.string().min(1).default('default').describe('Its namespace.'),
		create_namespace: z.boolean().default(false).describe('Make the namespace when it is not there.'),
		chart: z
			.string()
			.regex(
				new RegExp(`^(?:oci:\\/\\/\\S+[^/\\s]|\\/\\S+|[^\\s/:]+\\/[^\\s/]+)$|${chartAddress.source}`),
				'write REPOSITORY/CHART, oci://…, https://…/NAME-VERSION.tgz, or an absolute path on the host; a file of the role is `src`',
			)
			.optional()
			.describe(
				'The chart: `REPOSITORY/CHART` of a helm_repository, `oci://…`, `https://…/NAME-VERSION.tgz` with its ' +
					'`checksum`, or the absolute path of a folder or an archive on the host.',
			),
		checksum: z
			.string()
			.regex(/^sha256:[0-9a-fA-F]{64}$/, 'write sha256: and 64 hexadecimal digits')
			.optional()
			.describe(
				'`sha256:…` of the archive at an address. The host downloads it only when it is needed, and uses nothing else.',
			),
		src: z
			.string()
			.min(1)
			.optional()
			.describe('The chart as an archive (`.tgz`) of the role, or beside the playbook, instead of `chart`.'),
		version: z
			.string()
			.regex(
				/^v?\d+\.\d+\.\d+[\w.+-]*$/,
				'write one version, such as 1.2.3: a range would be another one tomorrow',
			)
			.optional()
			.describe('Version of the chart; a chart that is a file says it itself.'),
		values: z
			.union([map().transform((value) => [value]), z.array(map())])
			.default([])
			.describe(
				'What the chart is given, over its own defaults: a map, or a list of them of which later ones win. Maps are ' +
					'merged at any depth. They go to the input of helm.',
			),
		state: z
			.enum(['present', 'absent'])
			.default('present')
			.describe(
				'Whether the release should be there. When it goes, helm leaves the kinds of `crds/`, the claims of ' +
					'StatefulSets, and objects that say so, which it names.',
			),
		wait: z
			.boolean()
			.default(true)
			.describe('Until its objects are ready and its jobs done; when it goes, until they are gone.'),
		wait_timeout: z.int().positive().default(300).describe('Seconds for each thing that helm does.'),
		atomic: z
			.boolean()
			.default(false)
			.describe(
				'Go back when it fails: an upgrade to the last revision that was good, an installation to nothing.',
			),
		history: z.int().positive().default(10).describe('Revisions that are kept.'),
		skip_crds: z
			.boolean()
			.default(false)
			.describe(
				'Leave the `crds/` of the chart out. helm only ever makes them: it never brings them up to date.',
			),
		restore: z
			.boolean()
			.default(true)
			.describe(
				'Also upgrade when objects are gone, or fields that the chart sets were edited with kubectl.',
			),
		adopt: z
			.boolean()
			.default(false)
			.describe(
				'Take over a release of another chart that has this name, and objects that are there already.',
			),
		...helmArguments,
		...clusterArguments,
	})
	.refine(({ state, chart, src }) => state === 'absent' || (chart === undefined) !== (src === undefined), {
		error: 'give either `chart` or `src`',
		path: ['chart'],
	})
	.refine(({ state, chart, version }) => state === 'absent' || !isFetched(chart) || version !== undefined, {
		error: 'say which version: without it, it would be another one tomorrow',
		path: ['version'],
	})
	.refine(({ chart, version }) => isFetched(chart) || version === undefined, {
		error: 'a chart that is a file says its version itself',
		path: ['version'],
	})
	.refine(({ state, chart, checksum }) => state === 'absent' || !isAddress(chart) || checksum !== undefined, {
		error: 'say what it has to be (`sha256:…`): what is at an address can be another one tomorrow',
		path: ['checksum'],
	})
	.refine(({ chart, checksum }) => checksum === undefined || isAddress(chart), {
		error: 'only a chart at an address (https://…/NAME-VERSION.tgz) has one',
		path: ['checksum'],
	})
	.refine(({ atomic, wait }) => wait || !atomic, {
		error: 'without `wait` nobody knows whether to go back',
		path: ['atomic'],
	});

const isAddress = (chart: string | undefined): boolean => chart !== undefined && chartAddress.test(chart);

const isFetched = (chart: string | undefined): boolean =>
	chart !== undefined && !chart.startsWith('/') && !isAddress(chart);

export default stateModule({
	name: 'helm_release',
	changesOthers: true,
	summary: 'Ensure a release of a chart is in a cluster with these values, or is not.',
	args: schema,
	examples: [
		'helm_release: {name: commons, namespace: commons, create_namespace: true, chart: openg2p/openg2p-commons, version: 1.2.3, values: {global: {hostname: g2p.example.org}}}',
		'helm_release: {name: keycloak, namespace: sso, src: keycloak-24.0.1.tgz, values: {auth: {adminPassword: "{{keycloak_password}}"}}, atomic: true, wait_timeout: 900}',
		'helm_release: {name: istiod, namespace: istio-system, chart: "https://charts.example.org/istiod-1.31.1.tgz", checksum: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}',
		'helm_release: {name: old, namespace: commons, state: absent}',
	],
	returns: { revision: 'Revision that is there after the task.', chart: 'Its chart, with the version.' },
	// Killed in the middle it stays pending, and helm refuses to go on.
	finishes: true,

	current: async (args, host, local): Promise<(ReleaseState & State) | undefined> =>
		releaseState(args, host, local),

	desired: async (args, local, current): Promise<(ReleaseState & State) | undefined> =>
		wantedState(args, local, current),

	create: (args, _change, local) => installSteps(args, local),

	update: (args, { before }, local) => upgradeSteps(args, before, local),

	delete: (args, { before }) => removeSteps(args, before),

	detail: (args, change, host, local) => releaseDetail(args, change, host, local),

	async reasons(args, host, local) {
		const isNamed = args.chart !== undefined || args.src !== undefined;
		const [release, lack] = await Promise.all([
			listed(args, host),
			isNamed ? lackOf(args, await chartOf(args, local), host) : [],
		]);
		if (release === undefined) {
			return [...lack, moreAbout(args, args.namespace)];
		}

		const objects = objectsIn((await stored(args, host)).manifest);
		return [
			...lack,
			`release ${args.namespace}/${args.name}: revision ${release.revision} is ${release.status}`,
			...(await reasonsFor(
				args,
				host,
				[...objects.values()].map(({ namespace, value }) => ({ namespace, text: JSON.stringify(value) })),
				args.namespace,
			)),
		];
	},

	result: (_args, state) => ({ revision: state?.revision, chart: state?.chart }),
});
