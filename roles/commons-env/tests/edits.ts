import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { quiet } from '../../../test/fixtures/containers/role-test.ts';
import { type Estate, host } from './estate.ts';

/** What somebody does by hand, what a check says of it, and how one sees that it is mended. */
const edits: readonly (readonly [
	title: string,
	line: string,
	shown: RegExp,
	look: string,
	mended: string,
])[] = [
	[
		'a Deployment',
		`set env deployment/commons-services-iam DB_HOST=elsewhere`,
		/Deployment \S*commons-services-iam as it is now[\s\S]*-\s+value: elsewhere/,
		`get deployment commons-services-iam -o 'jsonpath={.spec.template.spec.containers[0].env[1].value}'`,
		'commons-postgresql',
	],
	[
		'a Secret',
		`patch secret commons-minio -p '{"stringData":{"root-user":"mallory"}}'`,
		/Secret pilot\/commons-minio/,
		`get secret commons-minio -o 'jsonpath={.data.root-user}'`,
		Buffer.from('commons').toString('base64'),
	],
	[
		'a Secret that is gone',
		'delete secret commons-keycloak',
		/Secret pilot\/commons-keycloak/,
		'get secret commons-keycloak -o name',
		'secret/commons-keycloak\n',
	],
	[
		'a Gateway',
		`patch gateway.networking.istio.io internal --type json -p '[{"op":"replace","path":"/spec/servers/0/hosts","value":["*/*"]}]'`,
		/Gateway pilot\/internal[\s\S]*-\s+- ['"]?\*\/\*/,
		`get gateway.networking.istio.io internal -o 'jsonpath={.spec.servers[0].hosts}'`,
		'["./pilot.openg2p.example","./*.pilot.openg2p.example"]',
	],
	[
		'a network policy that is gone',
		'delete networkpolicy deny',
		/NetworkPolicy pilot\/deny[\s\S]*\+\s+podSelector: \{\}/,
		`get networkpolicy deny -o 'jsonpath={.spec.policyTypes}'`,
		'["Ingress","Egress"]',
	],
	[
		'a quota',
		`patch resourcequota environment -p '{"spec":{"hard":{"pods":"999"}}}'`,
		/ResourceQuota pilot\/environment[\s\S]*-\s+pods: "999"/,
		`get resourcequota environment -o 'jsonpath={.spec.hard.pods}'`,
		'150',
	],
	[
		'the project in Rancher',
		`annotate --overwrite namespace pilot field.cattle.io/projectId=local:p-theirs`,
		/Namespace pilot[\s\S]*-\s+field\.cattle\.io\/projectId: local:p-theirs/,
		`get namespace pilot -o 'jsonpath={.metadata.annotations.field\\.cattle\\.io/projectId}'`,
		'local:p-pilot',
	],
];

/** Of somebody else, in the same namespace: a run leaves them as they are. */
const theirs = `kubectl --namespace pilot create configmap theirs --from-literal=of=somebody
kubectl --namespace pilot label secret commons-redis-auth theirs=yes`;

/** All of it by hand at once: a check tells each with a diff, a run mends each, and nothing that is of somebody else. */
export async function byHand(t: ExecutionContext, { on, only, psql }: Estate): Promise<void> {
	await on(theirs);
	const theirsNow = () =>
		on(`kubectl --namespace pilot get configmap theirs -o 'jsonpath={.metadata.resourceVersion} {.data}'
kubectl --namespace pilot get secret commons-redis-auth -o 'jsonpath={.metadata.labels.theirs}'`);
	const before = await theirsNow();
	for (const [, line] of edits) {
		await on(`kubectl --namespace pilot ${line}`);
	}

	await psql('GRANT CONNECT ON DATABASE pilot_iam TO PUBLIC');
	const check = await only('check of what was done by hand', '--check', '--diff');
	t.is(check.code, 0, check.stdout + check.stderr);
	for (const [title, , shown] of edits) {
		t.regex(check.stdout, shown, title);
	}

	t.notRegex(check.stdout, /mallory/, 'what is in a Secret shows in no diff');
	const { code, stdout, effects } = await only('repair');
	t.is(code, 0, stdout);
	t.deepEqual(
		[...new Set(effects.map(({ task }) => task.name.replace(/^.*: /, '')))].sort(),
		[
			'Bring the chart',
			'Have it start with those of now',
			'Have its namespace, and what it is allowed there',
			'Have its passwords there',
			'Make its databases, each with a role of its own',
		],
		'only what was broken may change',
	);
	for (const [title, , , look, mended] of edits) {
		t.is(await on(`kubectl --namespace pilot ${look}`), mended, title);
	}

	t.notRegex(await psql("SELECT datacl FROM pg_database WHERE datname = 'pilot_iam'"), /(^|[{,])=/);
	t.is(await theirsNow(), before);
	quiet(t, await only('after the repair'), 'it is mended by one run');
}

/** Nobody sees a secret while a run is under way, and nothing of it is left. */
export async function hidden(
	t: ExecutionContext,
	lab: TestLab,
	secrets: readonly string[],
	run: () => Promise<{
		readonly stdout: string;
		readonly stderr: string;
		readonly events: readonly unknown[];
	}>,
): Promise<void> {
	const watch = `systemd-run --quiet --unit watch-words sh -c 'while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\\\0" " "; sleep 0.05; done >/run/watched'`;
	await lab.output(host, watch);
	const { stdout, stderr, events } = await run();
	await lab.output(host, 'systemctl stop watch-words');
	const said = stdout + stderr + JSON.stringify(events);
	const words = await lab.output(host, 'cat /run/watched; rm /run/watched');
	t.regex(words, /kubectl|helm/, 'it was watched');
	for (const secret of secrets) {
		t.false(said.includes(secret), 'in what is said, or in the report');
		t.false(words.includes(secret), 'in an argument of a process');
		const { stdout: files } = await lab.run(
			host,
			`grep -rlF --exclude-dir=proc --exclude-dir=sys --exclude-dir=rancher --exclude-dir=postgresql '${secret}' /tmp /root /home /run /var /etc /opt /usr/local 2>/dev/null`,
		);
		t.is(files, '', 'in a file that is left');
	}
}
