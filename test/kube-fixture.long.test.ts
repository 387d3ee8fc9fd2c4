import test, { type ExecutionContext } from 'ava';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { configureRke2, installHelm, installRke2, kubectl, turnOff, turnOn } from './fixtures/kube/host.ts';
import { type Mirror, startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease, nextPatch } from './fixtures/kube/releases.ts';

// What the roles' tests rely on in the fixture, on one cluster from its first server to its restore. The steps build on each other.
let lab: TestLab;
let mirror: Mirror;

test.serial.before(async (t) => {
	// The first build takes minutes.
	t.timeout(30 * 60_000);
	const hosts = ['server1', 'server2', 'agent1'].map((name) => ({ name, groups: [] }));
	lab = await startLab(undefined, hosts);
	mirror = await startMirror(lab, [firstRelease, nextPatch]);
	for (const { name } of hosts) {
		await installRke2(lab, name, mirror, firstRelease);
	}
});

/** Poll until a shell line on a host succeeds, and say how long that took. */
async function until(t: ExecutionContext, host: string, line: string, seconds = 60): Promise<void> {
	const started = Date.now();
	for (;;) {
		const { code, stdout, stderr } = await lab.run(host, `${environment}\n${line}`);
		const took = (Date.now() - started) / 1000;
		if (code === 0) {
			t.pass();
			t.log(
				`${took.toFixed(1)} s: ${line.length > 100 ? `${line.slice(0, 40)} … ${line.slice(-40)}` : line}`,
			);
			return;
		}

		if (took > seconds) {
			const journal = await lab.run(host, 'journalctl -u "rke2-*" -n 20 --no-pager -o cat');
			t.fail(`after ${seconds} s still not: ${line}\n${stdout}${stderr}\n${journal.stdout}`);
			return;
		}

		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

const environment =
	'export KUBECONFIG=/etc/rancher/rke2/rke2.yaml PATH=/usr/local/bin:$PATH:/var/lib/rancher/rke2/bin';

const output = (host: string, line: string) => lab.output(host, `${environment}\n${line}`);

const isReady = (node: string) =>
	`kubectl get node ${node} -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' | grep -qx True`;

const members = () =>
	output(
		'server1',
		`kubectl -n kube-system exec etcd-server1 -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/var/lib/rancher/rke2/server/tls/etcd/server-ca.crt --cert=/var/lib/rancher/rke2/server/tls/etcd/server-client.crt --key=/var/lib/rancher/rke2/server/tls/etcd/server-client.key member list`,
	);

test.serial('a key that is not known is refused', async (t) => {
	await configureRke2(lab, 'server1', { 'no-such-key': 1 });
	const { code, stderr } = await lab.run('server1', 'rke2 server');
	t.is(code, 1);
	t.regex(stderr, /no-such-key/);
});

test.serial('files are merged as RKE2 merges them', async (t) => {
	await configureRke2(lab, 'server1', {
		token: 'first',
		'agent-token': 'for agents',
		'write-kubeconfig-mode': '0600',
		'tls-san': ['api.example.org'],
		'node-label': ['from=file'],
	});
	await lab.output(
		'server1',
		`mkdir -p /etc/rancher/rke2/config.yaml.d && cd /etc/rancher/rke2/config.yaml.d
echo 'tls-san+: [vip.example.org]' >10-more.yaml
echo 'node-label: [from=drop-in]' >20-other.yaml`,
	);
	const started = Date.now();
	await lab.output('server1', 'systemctl start rke2-server');
	t.log(`systemctl start: ${((Date.now() - started) / 1000).toFixed(1)} s`);
	await until(t, 'server1', isReady('server1'));
	t.true(Date.now() - started < 60_000, 'a server must be ready within 60 s');
	t.is(await output('server1', `kubectl get node server1 -o jsonpath='{.metadata.labels.from}'`), 'drop-in');
	const names = await output(
		'server1',
		`apt-get install -yq openssl >/dev/null 2>&1; openssl x509 -noout -ext subjectAltName -in /var/lib/rancher/rke2/server/tls/serving-kube-apiserver.crt`,
	);
	t.regex(names, /api\.example\.org.*vip\.example\.org/s);
	t.is(await output('server1', 'stat -c %a /etc/rancher/rke2/rke2.yaml'), '600\n');
	await until(t, 'server1', 'kubectl -n kube-system rollout status daemonset/rke2-canal --timeout=1s');
	await until(t, 'server1', 'curl -s http://127.0.0.1/ | grep -q 404');
});

test.serial('a server stays below 1.2 GB', async (t) => {
	const kilobytes = await lab.output(
		'server1',
		`cat $(ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* \\(/proc/[0-9]*\\)/exe -> .*rke2.*|\\1/smaps_rollup|p') | awk '/^Pss:/ {sum += $2} END {print sum}'`,
	);
	t.log(`${Math.round(Number(kilobytes) / 1024)} MB`);
	t.true(Number(kilobytes) > 0 && Number(kilobytes) < 1.2 * 1024 * 1024);
});

test.serial('a wrong token, a wrong CA and another network are refused', async (t) => {
	const server = `https://${lab.address('server1')}:9345`;
	const secure = (await output('server1', 'cat /var/lib/rancher/rke2/server/token')).trim();
	const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
		[{ token: 'wrong' }, /token/],
		[{ token: secure.replace(/^K10./, (text) => `K10${text.endsWith('0') ? '1' : '0'}`) }, /CA/],
		[{ token: secure, 'agent-token': 'for agents', 'cluster-cidr': '10.99.0.0/16' }, /cluster-cidr/],
	];
	for (const [settings, message] of cases) {
		await configureRke2(lab, 'server2', { server, ...settings });
		const { code, stderr } = await lab.run('server2', 'timeout 30 rke2 server');
		t.is(code, 1, stderr);
		t.regex(stderr, message);
	}

	await lab.output('server2', 'rm -rf /var/lib/rancher/rke2/server /etc/rancher/node');
});

test.serial('a second server and an agent join', async (t) => {
	const server = `https://${lab.address('server1')}:9345`;
	const token = (await output('server1', 'cat /var/lib/rancher/rke2/server/token')).trim();
	const agentToken = (await output('server1', 'cat /var/lib/rancher/rke2/server/agent-token')).trim();
	await configureRke2(lab, 'server2', { server, token, 'agent-token': 'for agents' });
	const taint = 'dedicated=tests:NoSchedule';
	await configureRke2(lab, 'agent1', { server, token: agentToken, 'node-taint': [taint] });
	for (const host of ['server2', 'agent1']) {
		await lab.output(host, `systemctl start rke2-${host.replace(/\d/, '')}`);
		await until(t, 'server1', isReady(host));
	}

	await until(t, 'server1', `${memberCount(2)}`);
	t.is(await kubectl(lab, 'server2', 'get --raw /readyz'), 'ok');
	t.regex(await kubectl(lab, 'server2', "get node agent1 -o jsonpath='{.spec.taints}'"), /dedicated.*tests/);
});

const memberCount = (count: number) =>
	`kubectl -n kube-system exec etcd-server1 -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/var/lib/rancher/rke2/server/tls/etcd/server-ca.crt --cert=/var/lib/rancher/rke2/server/tls/etcd/server-client.crt --key=/var/lib/rancher/rke2/server/tls/etcd/server-client.key member list | tee /dev/stderr | grep -c 'started.*false$' | grep -qx ${count}`;

test.serial('a name is kept for who had it first', async (t) => {
	await lab.output('agent1', 'systemctl stop rke2-agent; mv /etc/rancher/node /etc/rancher/node.kept');
	await lab.output('agent1', 'systemctl start --no-block rke2-agent');
	await until(t, 'agent1', 'journalctl -u rke2-agent -o cat | grep -q "Node password rejected"');
	await lab.output(
		'agent1',
		'systemctl stop rke2-agent; rm -rf /etc/rancher/node; mv /etc/rancher/node.kept /etc/rancher/node',
	);
	await lab.output('agent1', 'systemctl start rke2-agent');
	await until(t, 'server1', isReady('agent1'));
});

test.serial('helm installs, and webhooks of simulated pods answer', async (t) => {
	await installHelm(lab, 'server1', mirror);
	await output(
		'server1',
		`mkdir -p /root/chart/templates && cd /root/chart && echo '{apiVersion: v2, name: hooked, version: 1.0.0}' >Chart.yaml
cat >templates/all.yaml <<'END'
${chart}
END
helm install hooked /root/chart --wait --timeout 90s`,
	);
	await until(t, 'server1', 'kubectl create configmap allowed --dry-run=server');
	await lab.output(
		'server1',
		`mkdir -p /etc/rke2-fixture/answers && echo '{"allowed": false, "status": {"message": "not today"}}' >/etc/rke2-fixture/answers/default.hook.json`,
	);
	const refused = await lab.run(
		'server1',
		`${environment}\nkubectl create configmap refused --dry-run=server`,
	);
	t.regex(refused.stderr, /not today/);
	await lab.output('server1', 'rm /etc/rke2-fixture/answers/default.hook.json');
	await turnOn(lab, 'server1', 'webhooks-unanswered');
	const silent = await lab.run('server1', `${environment}\nkubectl create configmap silent --dry-run=server`);
	t.regex(silent.stderr, /failed calling webhook/);
	await turnOff(lab, 'server1', 'webhooks-unanswered');
	await output(
		'server1',
		'helm upgrade hooked /root/chart --wait --timeout 60s && helm uninstall hooked --wait',
	);
});

const chart = `apiVersion: apps/v1
kind: Deployment
metadata: {name: hook}
spec:
  selector: {matchLabels: {app: hook}}
  template:
    metadata: {labels: {app: hook}}
    spec: {containers: [{name: hook, image: example.org/hook}]}
---
apiVersion: v1
kind: Service
metadata: {name: hook}
spec: {selector: {app: hook}, ports: [{port: 443, targetPort: 9443}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: before, annotations: {"helm.sh/hook": pre-install}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: one, image: example.org/one}]}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
  - name: hook.example.org
    clientConfig: {service: {name: hook, namespace: default, path: /}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
    sideEffects: None
    admissionReviewVersions: [v1]
    timeoutSeconds: 5`;

test.serial('snapshots are made, listed, pruned and restored', async (t) => {
	await kubectl(lab, 'server1', 'create configmap before');
	await output('server1', 'rke2 etcd-snapshot save --name drill');
	await output('server1', 'rke2 etcd-snapshot save --name drill --etcd-snapshot-compress');
	const listed = JSON.parse(await output('server1', 'rke2 etcd-snapshot ls -o json')) as { name: string }[];
	t.is(listed.length, 2);
	t.true(listed.every(({ name }) => name.startsWith('drill-server1-')));
	await output('server1', 'rke2 etcd-snapshot prune --name drill --snapshot-retention 1');
	const [{ name = '' } = {}, ...others] = JSON.parse(
		await output('server1', 'rke2 etcd-snapshot ls -o json'),
	) as { name: string }[];
	t.deepEqual(others, []);
	t.regex(name, /\.zip$/);

	await kubectl(lab, 'server1', 'create configmap after');
	await lab.output('server2', 'systemctl stop rke2-server && rke2-killall.sh >/dev/null 2>&1');
	await lab.output('server1', 'systemctl stop rke2-server');
	const wrong = await lab.run(
		'server1',
		`rke2 server --token=wrong --cluster-reset --cluster-reset-restore-path=${name}`,
	);
	t.is(wrong.code, 1);
	t.regex(wrong.stderr, /different token/);
	await output('server1', `rke2 server --cluster-reset --cluster-reset-restore-path=${name}`);
	const twice = await lab.run('server1', 'rke2 server --cluster-reset');
	t.regex(twice.stderr, /reset-flag/);
	const started = Date.now();
	await lab.output('server1', 'systemctl start rke2-server');
	t.log(`start after the restore: ${((Date.now() - started) / 1000).toFixed(1)} s`);
	await kubectl(lab, 'server1', 'get configmap before');
	const after = await lab.run('server1', `${environment}\nkubectl get configmap after`);
	t.not(after.code, 0);
	await lab.output('server2', 'rm -rf /var/lib/rancher/rke2/server/db && systemctl start rke2-server');
	await until(t, 'server1', memberCount(2), 120);
});

test.serial('an upgrade changes the version of one node', async (t) => {
	await installRke2(lab, 'server1', mirror, nextPatch);
	t.is(
		(
			await output('server1', `kubectl version -o json | grep -c '"gitVersion": "${firstRelease.version}"'`)
		).trim(),
		'2',
		'what runs must not change before the restart',
	);
	const started = Date.now();
	await lab.output('server1', 'systemctl restart rke2-server');
	await until(
		t,
		'server1',
		`kubectl get node server1 -o jsonpath='{.status.nodeInfo.kubeletVersion}' | grep -Fx '${nextPatch.version}'`,
	);
	t.log(`upgraded in ${((Date.now() - started) / 1000).toFixed(1)} s`);
	const versions = JSON.parse(await kubectl(lab, 'server1', 'get --raw /version')) as { gitVersion: string };
	t.is(versions.gitVersion, nextPatch.version);
	await until(t, 'server1', memberCount(2));
});

test.serial('certificates are checked and rotated', async (t) => {
	t.regex(
		await output('server1', 'rke2 certificate check --output table'),
		/client-admin\.crt.*ClientAuth.*OK/,
	);
	const print = `openssl x509 -noout -fingerprint -in /var/lib/rancher/rke2/server/tls/client-admin.crt`;
	const before = await output('server1', print);
	await lab.output(
		'server1',
		'systemctl stop rke2-server && rke2 certificate rotate && systemctl start rke2-server',
	);
	t.not(await output('server1', print), before);
	await until(t, 'server1', isReady('server1'));
});

test.serial('the ingress controller can be left out', async (t) => {
	await lab.output(
		'server1',
		`echo 'disable: [rke2-ingress-nginx]' >/etc/rancher/rke2/config.yaml.d/30-ingress.yaml && systemctl restart rke2-server`,
	);
	await until(t, 'server1', '! curl -s http://127.0.0.1/');
});

test.serial('keys for Secrets are rotated', async (t) => {
	await kubectl(lab, 'server1', 'create secret generic kept --from-literal=word=kept');
	t.regex(
		await output('server1', 'rke2 secrets-encrypt status'),
		/Stage: start\n.*\*\s+AES-CBC\s+aescbckey\n/s,
	);
	await output('server1', 'rke2 secrets-encrypt rotate-keys');
	await until(t, 'server1', 'rke2 secrets-encrypt status | grep -q reencrypt_finished', 150);
	t.regex(await output('server1', 'rke2 secrets-encrypt status'), /hash does not match/);
	await lab.output('server2', 'systemctl restart rke2-server');
	await until(t, 'server1', 'rke2 secrets-encrypt status | grep -q "All hashes match"');
	t.regex(await kubectl(lab, 'server2', `get secret kept -o jsonpath='{.data.word}'`), /^a2VwdA==$/);
});

test.serial('the token is rotated', async (t) => {
	await output('server1', 'rke2 token rotate --token first --new-token second');
	t.regex(await output('server1', 'cat /var/lib/rancher/rke2/server/token'), /::server:second\n$/);
	const stale = await lab.run(
		'server1',
		'systemctl restart rke2-server; sleep 3; journalctl -u rke2-server -n 40 -o cat',
	);
	t.regex(stale.stdout, /different token/);
	await lab.output(
		'server1',
		`sed -i 's/"first"/"second"/' /etc/rancher/rke2/config.yaml && systemctl restart rke2-server`,
	);
	await until(t, 'server1', isReady('server1'));
	const server = `https://${lab.address('server1')}:9345`;
	const old = await lab.run('agent1', `timeout 30 rke2 agent --server ${server} --token first`);
	t.is(old.code, 1);
	t.regex(old.stderr, /the token cannot be used/);
	// Agents have a token of their own.
	await lab.output('agent1', 'systemctl restart rke2-agent');
	await until(t, 'server1', isReady('agent1'));
});

test.serial('switches make a node misbehave', async (t) => {
	await turnOn(lab, 'agent1', 'never-ready');
	await until(t, 'server1', `! ${isReady('agent1')}`);
	await turnOff(lab, 'agent1', 'never-ready');
	await until(t, 'server1', isReady('agent1'));

	await turnOn(lab, 'agent1', 'old-kubelet', 'v1.33.0+rke2r1');
	await until(t, 'server1', 'kubectl get node agent1 | grep -q v1.33.0');
	await turnOff(lab, 'agent1', 'old-kubelet');

	await turnOn(lab, 'server1', 'budget-blocks-drain', 'agent1');
	await until(
		t,
		'server1',
		'kubectl -n kube-fixture wait --for=condition=Ready pod -l stays-on=agent1 --timeout=1s',
	);
	const drain = await lab.run(
		'server1',
		`${environment}\nkubectl drain agent1 --ignore-daemonsets --delete-emptydir-data --timeout=6s`,
	);
	t.not(drain.code, 0);
	t.regex(drain.stderr, /disruption budget/);
	await turnOff(lab, 'server1', 'budget-blocks-drain');
	await until(t, 'server1', '! kubectl get namespace kube-fixture 2>/dev/null');
	await kubectl(lab, 'server1', 'uncordon agent1');

	await turnOn(lab, 'agent1', 'crash-at-start');
	t.not((await lab.run('agent1', 'systemctl restart rke2-agent')).code, 0);
	await turnOff(lab, 'agent1', 'crash-at-start');
	await turnOn(lab, 'agent1', 'slow', '5');
	const started = Date.now();
	await lab.output('agent1', 'systemctl restart rke2-agent');
	t.true(Date.now() - started > 5000);
});

test.serial('a server that is removed and comes back may be stuck as a learner', async (t) => {
	// While both are up: of two members none can be missed.
	await kubectl(lab, 'server1', 'delete node server2');
	await until(t, 'server1', memberCount(1));
	await lab.output('server2', 'systemctl stop rke2-server && rke2-killall.sh >/dev/null 2>&1');
	await lab.output('server2', 'rm -rf /var/lib/rancher/rke2/server/db /etc/rancher/node');
	const token = (await output('server1', 'cat /var/lib/rancher/rke2/server/token')).trim();
	const server = `https://${lab.address('server1')}:9345`;
	await configureRke2(lab, 'server2', { server, token, 'agent-token': 'for agents' });
	await turnOn(lab, 'server2', 'learner-stuck');
	await lab.output('server2', 'systemctl start --no-block rke2-server');
	await until(t, 'server2', 'journalctl -u rke2-server -o cat | grep -q learner-stuck');
	t.regex(await members(), /unstarted.*true/);
	await turnOff(lab, 'server2', 'learner-stuck');
	await until(t, 'server1', memberCount(2), 120);
	await until(t, 'server1', isReady('server2'));
});

test.serial('nothing is left after the uninstaller', async (t) => {
	await lab.output('agent1', 'rke2-uninstall.sh');
	t.is(
		await lab.output(
			'agent1',
			'ls -d /usr/local/bin/rke2* /var/lib/rancher /etc/rancher 2>/dev/null; pgrep rke2 || true',
		),
		'',
	);
});
