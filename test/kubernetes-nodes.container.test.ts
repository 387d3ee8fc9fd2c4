import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type PlayedRun, play } from './fixtures/containers/command-line.ts';
import { startServer, type TestServer } from './fixtures/kube/server.ts';

// What a person is told of a cluster that does not become what it should, and of a node that cannot be emptied.
let server: TestServer;

test.before(async (t) => {
	// The first build of the fixture takes minutes.
	t.timeout(30 * 60_000);
	server = await startServer();
});

test.after.always(async () => server?.remove());

async function run(task: string, ...words: readonly string[]): Promise<PlayedRun> {
	const file = join(server.folder, '../nodes.yml');
	await writeFile(file, `- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n    - ${task}\n`);
	return play(file, server.folder, words);
}

const deployment = (name: string, more: object = {}): string =>
	`kubectl apply -f - <<'END'\n${JSON.stringify({
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name },
		spec: {
			replicas: 2,
			selector: { matchLabels: { app: name } },
			template: {
				metadata: { labels: { app: name }, ...more },
				spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'example.org/main' }] },
			},
		},
	})}\nEND\n`;

test.serial('what a rollout waits for is told', async (t) => {
	t.timeout(10 * 60_000);
	await server.output(deployment('broken', { annotations: { 'fixture/state': 'ImagePullBackOff' } }));
	await server.output(
		`timeout 120 sh -c 'until kubectl get pods --selector app=broken | grep -q ImagePullBackOff; do sleep 1; done'`,
	);
	const wait =
		'kubernetes_wait: {kind: Deployment, name: broken, namespace: default, for: rollout, timeout: 5}';
	const checked = await run(wait, '--check');
	t.is(checked.code, 0);
	t.regex(checked.stdout, /would wait: Deployment default\/broken: 0 of 2 pods are available/);
	const failed = await run(wait);
	t.is(failed.code, 2);
	t.regex(
		failed.stdout,
		/after 5 s still not `rollout`: Deployment broken in default\n.*0 of 2 pods are available\n *pod default\/broken-\S+: container main waits: ImagePullBackOff/,
	);
	t.regex(failed.stdout, /kubectl .*describe Deployment broken --namespace default/);

	await server.output(deployment('broken'));
	const done = await run(wait.replace('timeout: 5', 'timeout: 180'));
	t.is(done.code, 0, done.stdout);
	t.regex((await run(wait, '--check')).stdout, /would not wait/);
	await server.output('kubectl delete deployment broken');
});

test.serial(
	'a node that cannot be emptied is open again, and the budget and the pods are named',
	async (t) => {
		t.timeout(15 * 60_000);
		await server.output(
			`${deployment('kept')}${deployment('free')}kubectl create poddisruptionbudget kept --selector app=kept --min-available 2
kubectl rollout status deployment kept --timeout 180s && kubectl rollout status deployment free --timeout 180s`,
		);
		const drain = 'kubernetes_node: {name: server1, drained: true, timeout: 10}';
		const checked = await run(drain, '--check', '--diff');
		t.is(checked.code, 0, checked.stdout);
		t.regex(checked.stdout, /schedulable +true → false/);
		t.is(
			[...checked.stdout.matchAll(/default\/kept-\S+ \(the budget default\/kept allows no eviction now\)/g)]
				.length,
			2,
		);
		t.regex(checked.stdout, /-default\/free-\S+\n/);

		const failed = await run(drain);
		t.is(failed.code, 2);
		t.regex(
			failed.stdout,
			/pod default\/kept-\S+ is still there: the budget default\/kept allows no eviction \(2 must be healthy, 2 are\)/,
		);
		t.regex(failed.stdout, /node server1 takes pods, as before/);
		t.notRegex(failed.stdout, /pod default\/free-\S+ is still there/);
		t.is(await server.output("kubectl get node server1 --output 'jsonpath={.spec.unschedulable}'"), '');

		await server.output('kubectl delete poddisruptionbudget kept');
		const drained = await run(drain.replace('timeout: 10', 'timeout: 180'));
		t.is(drained.code, 0, drained.stdout);
		t.deepEqual(
			drained.effects.map(({ status }) => status),
			['changed'],
		);
		t.deepEqual((await run(drain)).effects, [], 'a drained node is left alone');
		await server.output('kubectl uncordon server1');
	},
);
