import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import {
	configureRke2,
	installHelm,
	installRke2,
	turnOff,
	turnOn,
} from '../../../test/fixtures/kube/host.ts';
import { type Mirror, startMirror } from '../../../test/fixtures/kube/mirror.ts';
import { firstRelease } from '../../../test/fixtures/kube/releases.ts';

let mirror: Mirror;
const nodes = ['compute1', 'agent1'] as const;
const system = '--namespace istio-system';
// What the tests' own kubectl learns is kept apart, so that what a module keeps shows.
const environment =
	'export KUBECONFIG=/etc/rancher/rke2/rke2.yaml KUBECACHEDIR=/run/kubectl HELM_CACHE_HOME=/run/helm PATH=$PATH:/var/lib/rancher/rke2/bin';
const on = (lab: TestLab, line: string) => lab.output('compute1', `${environment}\n${line}`);
const kubectl = (lab: TestLab, words: string) => on(lab, `kubectl ${words}`);

/** What the proxy gets at a port of a node: the code, and what has arrived there. */
const ask = (lab: TestLab, node: string, port: number, path = '/') =>
	lab.run(
		'rp1',
		`curl -s -m 5 -w '%{http_code}' -H 'Host: pilot.example.org' -H 'X-Forwarded-For: 203.0.113.7' http://${lab.address(node)}:${port}${path}`,
	);

const refused: readonly Refusal[] = [
	[
		'a chart without a checksum',
		{ istio_version: '1.30.99' },
		/no checksum of base-1\.30\.99\.tgz, .*Also: .*istiod-1\.30\.99\.tgz.*Also: .*gateway-1\.30\.99\.tgz.*versions_checksums_more/s,
	],
	[
		'a source that is none',
		{ istio_source: 'charts' },
		/istio_source is charts, and has to begin with oci:\/\/ or/,
	],
	[
		'values of another chart',
		{ istio_values: { cni: {} } },
		/istio_values has cni, and there are base, istiod and/,
	],
	[
		'a purge of what is to be there',
		{ istio_purge: 'istio-system' },
		/istio_purge belongs to istio_state: absent/,
	],
	[
		'a purge that is mistyped',
		{ istio_state: 'absent', istio_purge: 'istio' },
		/istio_purge is "istio": type istio-system/,
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await on(lab, `helm list ${system}`);
	await refuses(t, refused, again);

	const unknown = await again('a key that the chart does not know', {
		istio_values: { gateway: { replicas: 3 } },
	});
	t.is(unknown.code, 2, unknown.stdout);
	t.regex(unknown.stdout, /replicas/);
	const changed = await again('an archive that is not the right one', {
		versions_checksums_more: Object.fromEntries(
			Object.keys(mirror.variables.versions_checksums_more ?? {}).map((name) => [name, '0'.repeat(64)]),
		),
	});
	t.is(changed.code, 2, changed.stdout);
	t.regex(changed.stdout, /has the checksum [0-9a-f]{64}, and it has to be 0{64}: it was not used/);
	t.is(await on(lab, `helm list ${system}`), before);
}

/** A node that gives no answer to the proxy is named, unless it cannot. */
async function unreached(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await turnOn(lab, 'agent1', 'nodeports-unanswered');
	await lab.output(
		'rp1',
		`until ! curl -sf -m 2 http://${lab.address('agent1')}:30521/healthz/ready; do sleep 1; done`,
	);
	const silent = await again('a node that does not answer', { istio_answer_seconds: 3 });
	t.is(silent.code, 2, silent.stdout);
	t.regex(
		silent.stdout,
		new RegExp(
			`rp1 gets no answer from the gateway of Istio at agent1 \\(${lab.address('agent1')}:30521\\), and`,
		),
	);
	t.notRegex(silent.stdout, /at compute1/);

	await turnOn(lab, 'agent1', 'never-ready');
	await on(lab, 'kubectl wait --for=condition=Ready=false node/agent1 --timeout=60s');
	const away = await again('a node that is not ready', { istio_answer_seconds: 3 });
	t.is(away.code, 0, away.stdout);
	t.deepEqual(away.effects, []);
	await turnOff(lab, 'agent1', 'never-ready');
	await turnOff(lab, 'agent1', 'nodeports-unanswered');
	await on(lab, 'kubectl wait --for=condition=Ready node/agent1 --timeout=60s');
}

/** Releases whose run was cut off, before the first was there and after. */
async function cutOff(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const chart = `${mirror.url}/charts/gateway-${mirror.variables.istio_version}.tgz`;
	const never = `--set nodeSelector.there=never --wait`;
	for (const [status, line] of [
		['pending-upgrade', `helm upgrade istio-ingressgateway ${chart} ${system} --reuse-values ${never}`],
		[
			'pending-install',
			`helm uninstall istio-ingressgateway ${system} --wait\ntimeout -s KILL 4 helm install istio-ingressgateway ${chart} ${system} ${never}`,
		],
	] as const) {
		await lab.run(
			'compute1',
			`${environment}\n${line.replace(/^helm upgrade/, 'timeout -s KILL 4 helm upgrade')}`,
		);
		t.regex(await on(lab, `helm list --all ${system}`), new RegExp(`istio-ingressgateway.*${status}`));
		const check = await again(`check of ${status}`, {}, '--check');
		t.deepEqual(
			check.effects.map(({ task }) => task.name),
			['Have the gateway'],
		);
		const { code, stdout } = await again(status, {});
		t.is(code, 0, stdout);
		t.deepEqual((await again(`${status}, mended`, {})).effects, []);
	}
}

/** What a check shows of an edit by hand. */
async function shown(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await on(
		lab,
		`kubectl ${system} patch service istio-ingressgateway --type json -p '[{"op": "replace", "path": "/spec/ports/1/nodePort", "value": 30081}]'`,
	);
	const check = await again('check of an edit', {}, '--check', '--diff');
	t.is(check.code, 0, check.stdout);
	t.regex(check.stdout, /-\s*nodePort: 30081[\s\S]*\+\s*nodePort: 30080/);
	t.is((await again('the edit, repaired', {})).code, 0);
	t.is((await ask(lab, 'compute1', 30080)).code, 0);
}

async function more(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const opened = await again('PostgreSQL', { istio_postgres: true });
	t.is(opened.code, 0, opened.stdout);
	t.regex((await ask(lab, 'agent1', 30432)).stdout, /istio-ingressgateway, port 5432/);

	// By an inventory with one node that takes pods.
	const one = await again('one of each', { istio_replicas: 1 });
	t.is(one.code, 0, one.stdout);
	t.is(await kubectl(lab, `get poddisruptionbudgets ${system} -o name`), '');

	const before = await kubectl(lab, 'get envoyfilters -A -o name');
	const gone = await again('absent, its kinds stay', { istio_state: 'absent' });
	t.is(gone.code, 0, gone.stdout);
	t.is((await on(lab, `helm list --short ${system}`)).trim(), '');
	t.is(
		await kubectl(lab, 'get envoyfilters -A -o name'),
		before.replace(/.*upgrade-to-spdy\n/, ''),
		'what others have described stays',
	);
	const back = await again('back again', {});
	t.is(back.code, 0, back.stdout);
}

async function startCluster(lab: TestLab): Promise<void> {
	await Promise.all(nodes.map((node) => installRke2(lab, node, mirror, firstRelease)));
	await installHelm(lab, 'compute1', mirror);
	await configureRke2(lab, 'compute1', { token: 'for servers', 'agent-token': 'for agents' });
	await lab.output('compute1', 'systemctl start rke2-server');
	await configureRke2(lab, 'agent1', {
		server: `https://${lab.address('compute1')}:9345`,
		token: 'for agents',
	});
	await lab.output('agent1', 'systemctl start rke2-agent');
	await on(
		lab,
		'until kubectl wait --for=condition=Ready node/compute1 node/agent1 --timeout=60s; do sleep 1; done',
	);
}

roleTest(test, {
	role: 'istio',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'agent1', groups: ['rke2_agents'] },
	],
	pattern: 'rke2_servers:reverse_proxy',
	image: testImage,
	vars: () => ({ ...mirror.variables, istio_wait_seconds: 60 }),

	// The control plane is there before.
	busy: ['/var/lib/rancher', '/var/lib/kubelet', '/root/.kube', '/usr/libexec/kubernetes'],

	async prepare(lab) {
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		mirror = await startMirror(lab);
		await startCluster(lab);
	},

	async verify(t, lab) {
		for (const node of nodes) {
			t.is((await ask(lab, node, 30521, '/healthz/ready')).stdout, '200', node);
			const { stdout } = await ask(lab, node, 30080);
			t.regex(
				stdout,
				/in the place of istio-system\/istio-ingressgateway, port 80\nGET pilot\.example\.org\/\n/,
				node,
			);
			t.regex(stdout, /404$/, node);
			t.not((await ask(lab, node, 30432)).code, 0, 'nobody has asked for it');
		}

		const releases = JSON.parse(await on(lab, `helm list ${system} --all --output json`)) as readonly {
			readonly name: string;
			readonly status: string;
			readonly chart: string;
		}[];
		t.deepEqual(
			releases.map(({ name, status, chart }) => `${name} ${status} ${chart}`),
			[
				`istio-base deployed base-${mirror.variables.istio_version}`,
				`istio-ingressgateway deployed gateway-${mirror.variables.istio_version}`,
				`istiod deployed istiod-${mirror.variables.istio_version}`,
			],
		);
		for (const app of ['istiod', 'istio-ingressgateway']) {
			const places = await kubectl(
				lab,
				`get pods ${system} -l app=${app} -o jsonpath='{range .items[*]}{.spec.nodeName}{"\\n"}{end}'`,
			);
			t.deepEqual(places.trim().split('\n').sort(), [...nodes].sort(), `${app} on different nodes`);
			const budget = await kubectl(
				lab,
				`get poddisruptionbudget ${app} ${system} -o jsonpath='{.spec.minAvailable} {.status.disruptionsAllowed}'`,
			);
			t.is(budget, '1 1', app);
		}

		t.regex(await kubectl(lab, `get configmap istio ${system} -o yaml`), /numTrustedProxies: 1/);
		t.regex(
			await kubectl(lab, `get envoyfilter upgrade-to-spdy ${system} -o yaml`),
			/upgrade_type: SPDY\/3\.1/,
		);
		t.is(
			(await lab.run('compute1', 'ls -d /tmp/tmp.* /root/.cache 2>/dev/null')).stdout,
			'',
			'nothing is left behind',
		);
	},

	async change(t, lab, again) {
		const others = `${environment}
kubectl apply -f - <<'END'
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: of-others, namespace: istio-system}
spec: {workloadSelector: {labels: {istio: ingressgateway}}}
END
kubectl create configmap of-others ${system}`;
		await lab.output('compute1', others);
		const look = () =>
			kubectl(
				lab,
				`get envoyfilter/of-others configmap/of-others ${system} -o jsonpath='{.items[*].metadata.resourceVersion}'`,
			);
		const before = await look();
		await refusals(t, lab, again);
		await unreached(t, lab, again);
		await shown(t, lab, again);
		await cutOff(t, lab, again);
		await more(t, lab, again);
		t.is(await look(), before, 'what is not ours is left alone');
	},

	drift: [
		{
			name: 'gateways were scaled by hand',
			break: (lab) => on(lab, `kubectl ${system} scale deployment istio-ingressgateway --replicas=1`),
			repairs: ['Have the gateway'],
		},
		{
			name: 'a value was changed with helm',
			break: (lab) =>
				on(
					lab,
					`helm upgrade istiod ${mirror.url}/charts/istiod-${mirror.variables.istio_version}.tgz ${system} --reuse-values --set meshConfig.accessLogFile=`,
				),
			repairs: ['Have its control plane'],
		},
		{
			name: 'the service of the gateway is gone',
			break: (lab) => on(lab, `kubectl ${system} delete service istio-ingressgateway`),
			repairs: ['Have the gateway'],
		},
		{
			name: 'the filter was edited',
			break: (lab) =>
				on(
					lab,
					`kubectl ${system} patch envoyfilter upgrade-to-spdy --type merge -p '{"spec": {"workloadSelector": {"labels": {"istio": "other"}}}}'`,
				),
			repairs: [/Let connections become/],
		},
	],

	removal: {
		vars: () => ({ ...mirror.variables, istio_state: 'absent', istio_purge: 'istio-system' }),
		async verify(t, lab) {
			t.is((await on(lab, 'helm list -A --short')).trim(), '');
			t.notRegex(await kubectl(lab, 'get crds,namespaces -o name'), /istio/);
			t.not((await ask(lab, 'compute1', 30080)).code, 0);
		},
	},
});
