import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { login, on, secret } from './rancher.ts';

/** What is amiss with how Rancher answers, what is said of it, and how it ends. */
const amiss: readonly (readonly [
	title: string,
	begin: string,
	vars: Readonly<Record<string, unknown>>,
	says: RegExp,
	end: string,
])[] = [
	[
		'no pod is ready',
		`kubectl -n cattle-system annotate pods -l app=rancher fixture/state=NotReady
kubectl -n cattle-system wait pods -l app=rancher --for=condition=Ready=false --timeout=30s; sleep 2`,
		{},
		/Rancher does not answer as it should on \S+: \/ping, for 6 s, got 000 .*logs deployment\/rancher/,
		`kubectl -n cattle-system annotate pods -l app=rancher fixture/state-
kubectl -n cattle-system wait pods -l app=rancher --for=condition=Ready --timeout=30s; sleep 2`,
	],
	[
		'somebody else answers in its place',
		`kubectl -n cattle-system get secret tls-rancher-internal-ca -o yaml >/run/authority.yml
kubectl -n cattle-system patch secret tls-rancher-internal-ca -p '{"data": {"tls.crt": "'"$(base64 -w0 /var/lib/rancher/rke2/server/tls/client-ca.crt)"'"}}'`,
		{},
		/\/ping, for 6 s, got 000 .*certificate/,
		`kubectl -n cattle-system replace --force -f /run/authority.yml; rm /run/authority.yml`,
	],
	[
		'it says something else than it was told',
		'true',
		{ rancher_values: { extraEnv: [{ name: 'CATTLE_SERVER_URL', value: 'https://elsewhere.test' }] } },
		/Rancher says that its server-url is "https:\/\/elsewhere\.test", and it was told "https:\/\/rancher\.g2p\.test"/,
		'true',
	],
];

/** Who does not answer has refused nobody: the run says what was asked and seen, and touches no password. */
export async function answers(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const own = await secret(lab, 'rancher_password');
	const kept = 'kubectl -n cattle-local-user-passwords get secrets -o yaml';
	for (const [title, begin, vars, says, end] of amiss) {
		const before = await on(lab, kept);
		await on(lab, begin);
		const { code, stdout } = await again(title, { rancher_ready_seconds: 6, ...vars });
		t.is(code, 2, `${title}\n${stdout}`);
		t.regex(stdout, says, title);
		await on(lab, end);
		t.is(await on(lab, kept), before, title);
	}

	const mended = await again('what Rancher says, mended', {});
	t.is(mended.code, 0, mended.stdout);
	t.is(await login(lab, own), 201);
}
