import type { ExecutionContext } from 'ava';
import { differences, type Environment, type Estate, everything } from './estate.ts';

/** An environment of the list, and what is said about it. */
const refused: readonly (readonly [title: string, environment: Environment, says: RegExp])[] = [
	[
		'a hyphen in the name',
		{ name: 'pre-prod', domain: 'one.openg2p.example' },
		/"pre-prod" is no name for an environment.*A hyphen is none/,
	],
	[
		'a name that is no label',
		{ name: 'Pilot_1', domain: 'two.openg2p.example' },
		/"Pilot_1" is no name for an environment/,
	],
	[
		'a name that names of charts would not fit beside',
		{ name: 'a23456789012345678901', domain: 'long.openg2p.example' },
		/"a23456789012345678901" is no name for an environment: take 1 to 20/,
	],
	[
		'a namespace of the cluster',
		{ name: 'default', domain: 'three.openg2p.example' },
		/the namespace default is not for an environment/,
	],
	[
		'a namespace of somebody else',
		{ name: 'theirs', domain: 'four.openg2p.example' },
		/there is a namespace theirs, and it is of somebody else.*kubectl label namespace theirs/,
	],
	[
		'a domain that is none',
		{ name: 'five', domain: 'five' },
		/"five" of five is no domain: write one such as pilot\.example\.org/,
	],
	['a name twice', { name: 'pilot', domain: 'six.openg2p.example' }, /two environments are called pilot/],
	[
		'a domain twice',
		{ name: 'seven', domain: 'pilot.openg2p.example' },
		/two environments have the domain pilot\.openg2p\.example/,
	],
	[
		'a domain with admin names below it',
		{ name: 'eight', domain: 'openg2p.example' },
		/the domain openg2p\.example of eight has an admin name below it \(rancher\.openg2p\.example\)/,
	],
	[
		'a domain that does not resolve, and that the proxy does not serve',
		{ name: 'nine', domain: 'nine.openg2p-nowhere.org' },
		/keycloak\.nine\.openg2p-nowhere\.org does not resolve: have your DNS give it/,
	],
	[
		'a name that the proxy does not serve',
		{ name: 'ten', domain: 'ten.openg2p.example' },
		/the proxy at \S+ does not serve keycloak\.ten\.openg2p\.example: run nginx-rp/,
	],
	[
		'a certificate that lacks the name',
		{ name: 'eleven', domain: 'eleven.openg2p.example' },
		/the certificate of the proxy at \S+ is not for keycloak\.eleven\.openg2p\.example: .*One for \*\.eleven\.openg2p\.example is needed/,
	],
	[
		'a chart that is nowhere, one without a checksum, one with another, and a key that a chart does not know',
		{
			name: 'twelve',
			domain: 'twelve.openg2p.example',
			base_values: { keycloack: { replicaCount: 2 } },
			charts: [
				{ name: 'registry', chart: '/srv/no-such-chart' },
				{ name: 'spar', chart: 'http://127.0.0.1:1/spar-1.0.0.tgz' },
				{ name: 'pbms', chart: 'http://127.0.0.1:1/pbms-1.0.0.tgz', checksum: `sha256:${'0'.repeat(64)}` },
				{ name: 'commons', chart: '/srv/no-such-chart' },
			],
		},
		/cannot be had, or does not take its values: .*keycloack/s,
	],
	[
		'that chart',
		{ name: 'thirteen', domain: 'thirteen.openg2p.example' },
		/\/srv\/no-such-chart for registry/,
	],
	[
		'that checksum',
		{ name: 'fourteen', domain: 'fourteen.openg2p.example' },
		/nobody has said what http:\/\/127\.0\.0\.1:1\/spar-1\.0\.0\.tgz has to be like/,
	],
	[
		'that address',
		{ name: 'fifteen', domain: 'fifteen.openg2p.example' },
		/the chart http:\/\/127\.0\.0\.1:1\/pbms-1\.0\.0\.tgz for pbms of twelve cannot be had/,
	],
	[
		'a release of the role',
		{ name: 'sixteen', domain: 'sixteen.openg2p.example' },
		/a chart of twelve needs .*"commons" is none, or is taken/,
	],
	[
		'a removal that is not agreed to',
		{ name: 'qa', domain: 'qa.openg2p.example', state: 'absent' },
		/qa would be removed, with all that is in its namespace, the files of data too: type `confirm: qa`/,
	],
	[
		'a removal of another name',
		{ name: 'seventeen', domain: 'seventeen.openg2p.example', state: 'absent', confirm: 'eighteen' },
		/confirm is "eighteen".* and the environment is called seventeen/,
	],
	[
		'a purge of what should be there',
		{ name: 'nineteen', domain: 'nineteen.openg2p.example', purge: 'nineteen' },
		/nineteen has `confirm` or `purge`, which remove something only together with state: absent/,
	],
];

/** All of these at once: one run says everything that is wrong, and changes nothing. */
export async function refusals(t: ExecutionContext, estate: Estate, pilot: Environment): Promise<void> {
	await estate.on(`kubectl create namespace theirs
kubectl apply -f - <<'END'
{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "qa"},
 "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
END
cd /etc/nginx && cp conf.d/g2p.conf /root/g2p.conf
cat >conf.d/zz.conf <<'END'
server { listen 443 ssl; server_name keycloak.eleven.openg2p.example; return 444; }
END
nginx -s reload; sleep 1`);
	const before = await everything(estate);
	await estate.declare([pilot, ...refused.map(([, environment]) => environment)]);
	const { code, stdout, effects } = await estate.only('all that is refused');
	t.is(code, 2);
	for (const [title, , says] of refused) {
		t.regex(stdout, says, title);
	}

	t.deepEqual(effects, []);
	t.deepEqual(differences(before, await everything(estate)), [], 'nothing is changed');
	await estate.on(
		'kubectl delete namespace theirs; kubectl --namespace qa delete pvc data; rm /etc/nginx/conf.d/zz.conf; nginx -s reload',
	);
}
