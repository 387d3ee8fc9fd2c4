import type { ExecutionContext, TestFn } from 'ava';
import { TaskFailed } from '../src/errors.ts';
import type { StateModule } from '../src/module/contract.ts';
import { findModule } from '../src/modules/index.ts';
import type { Bring, GroundHost } from './contracts-on-ground.ts';
import { webInto } from './fixtures/charts/charts.ts';

type OnCluster = { readonly host: () => GroundHost; readonly bring: Bring };

const folder = '/srv/charts-failing';
const bad = { state: 'ImagePullBackOff' };
const up = { wait_timeout: 120 };

/** What becomes of releases that do not come up, and what is said of them. */
export function releasesThatFail(test: TestFn, { host, bring }: OnCluster): void {
	const [release, repository] = ['helm_release', 'helm_repository'].map(findModule) as [
		StateModule,
		StateModule,
	];
	const argumentsOf = (name: string, values: object, others: object = {}) => ({
		args: {
			...{ name, namespace: name, create_namespace: true, chart: `${folder}/web`, values },
			...{ wait_timeout: 45, ...others },
		},
		run: undefined,
	});
	const refusal = async (t: ExecutionContext, module: StateModule, row: Parameters<Bring>[1]) =>
		t.throwsAsync<TaskFailed>(bring(module, row, false), { instanceOf: TaskFailed });
	const releases = async (name: string): Promise<unknown> =>
		JSON.parse(await host().output(`helm list --namespace ${name} --all --output json`));

	test('a release that does not come up says why', async (t) => {
		t.timeout(5 * 60_000);
		await host().output(webInto(folder));
		const error = await refusal(t, release, argumentsOf('says-why', bad));
		t.regex(error?.message ?? '', /release says-why\/says-why: revision 1 is failed/);
		t.regex(error?.message ?? '', /Deployment says-why: Available is False, MinimumReplicasUnavailable/);
		t.regex(error?.message ?? '', /Pod says-why-\S+: web waits: ImagePullBackOff/);
		t.regex(error?.message ?? '', /more: \S+kubectl .*describe pods --namespace says-why/);
		t.is((await bring(release, argumentsOf('says-why', {}, up), false)).status, 'changed', 'and is mended');
	});

	test('an upgrade that fails goes back when asked, and says why', async (t) => {
		t.timeout(5 * 60_000);
		await host().output(webInto(folder));
		const good = argumentsOf('goes-back', { greeting: 'good' }, up);
		await bring(release, good, false);
		const error = await refusal(t, release, argumentsOf('goes-back', bad, { atomic: true }));
		t.regex(String(error?.result.stderr), /Pod goes-back-\S+: web waits: ImagePullBackOff/);
		t.regex(error?.message ?? '', /release goes-back\/goes-back: revision 3 is deployed/);
		t.is(
			await host().output(
				`kubectl get configmap goes-back --namespace goes-back --output 'jsonpath={.data.greeting}'`,
			),
			'good',
		);
		t.is((await bring(release, good, false)).status, 'ok', 'it is what it was');
	});

	test('an installation that fails goes away when asked', async (t) => {
		t.timeout(5 * 60_000);
		await host().output(webInto(folder));
		const error = await refusal(t, release, argumentsOf('goes-away', bad, { atomic: true }));
		t.regex(String(error?.result.stderr), /Pod goes-away-\S+: web waits: ImagePullBackOff/);
		t.deepEqual(await releases('goes-away'), []);
	});

	test('a repository that does not answer', async (t) => {
		const row = { args: { name: 'silent', url: 'http://127.0.0.1:8899' }, run: undefined };
		const error = await refusal(t, repository, row);
		t.regex(error?.message ?? '', /127\.0\.0\.1:8899\/index\.yaml\n.*takes a chart as a file/);
		t.regex(String(error?.result.stderr), /127\.0\.0\.1:8899/);
	});
}
