import kubernetesManifest from '../../../src/modules/kubernetes/kubernetes_manifest.ts';
import { quote } from '../../../src/shell/command.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const kubectl =
	'/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null';
const folder = `folder=$(mktemp -d) && trap 'cd /; rm -rf "$folder"' EXIT && trap 'exit 129' HUP INT TERM PIPE && cd "$folder"`;
const diff = `sh -c ${quote(`${folder} && TMPDIR=$folder env 'KUBECTL_EXTERNAL_DIFF=diff -N -r -U1000000' ${kubectl} diff --server-side --field-manager g2pbook -f -`)}`;
const apply = `${kubectl} apply --server-side --field-manager g2pbook -f -`;
const isAvailable = (seconds: number) =>
	`${kubectl} wait --for condition=Available --timeout ${seconds}s -f -`;
const columns =
	'custom-columns=V:.apiVersion,K:.kind,S:.metadata.namespace,N:.metadata.name,O:.metadata.ownerReferences[0].uid';
const listing = `--ignore-not-found --no-headers --output '${columns}'`;
const kinds = `${kubectl} api-resources --verbs list,delete --output name`;
const members = `${kubectl} get configmaps,services,widgets.example.org --all-namespaces --selector g2pbook.openg2p.org/set=web ${listing}`;

const config = {
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: { name: 'a', namespace: 'web' },
	data: { n: '1' },
};
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'web' } };
const document = (object: object): string => `---\n${JSON.stringify(object)}\n`;
const step = (line: string, content: string) => ({
	step: `${line} (stdin: ${content.length} bytes)`,
	content,
});

/** What kubectl prints of a file that differs (captured). */
const differs = (file: string, ...lines: readonly string[]): string =>
	[
		`diff -N -r -U1000000 /tmp/LIVE-1/${file} /tmp/MERGED-2/${file}`,
		`--- /tmp/LIVE-1/${file}\t2026-11-29 04:32:59.245896795 +0000`,
		`+++ /tmp/MERGED-2/${file}\t2026-11-29 04:32:59.245896795 +0000`,
		`@@ -${range(lines, '+')} +${range(lines, '-')} @@`,
		...lines,
		'',
	].join('\n');
const range = (lines: readonly string[], other: string): string => {
	const count = lines.filter((line) => !line.startsWith(other)).length;
	return count === 1 ? '1' : `${count === 0 ? 0 : 1},${count}`;
};

const isNew = differs(
	'v1.ConfigMap.web.a',
	'+apiVersion: v1',
	'+data:',
	'+  n: "1"',
	'+metadata:',
	'+  uid: 67-1',
);
const isOther = differs(
	'v1.ConfigMap.web.a',
	' data:',
	'-  n: "0"',
	'--- no header',
	'+  n: "1"',
	'+++ no header',
);

export default stateRows(kubernetesManifest, [
	{ title: 'as described', args: { definition: config }, host: { commands: { [diff]: '' } } },
	{
		title: 'not there',
		args: { definition: config },
		host: { commands: { [diff]: { code: 1, stdout: isNew } } },
		steps: [step(apply, document(config))],
		detail: [{ name: 'ConfigMap web/a', before: '', after: 'apiVersion: v1\ndata:\n  n: "1"\nmetadata:\n' }],
	},
	{
		title: 'different: lines that look like those of diff are lines',
		args: { definition: config },
		host: { commands: { [diff]: { code: 1, stdout: isOther } } },
		steps: [step(apply, document(config))],
		detail: [
			{
				name: 'ConfigMap web/a',
				before: 'data:\n  n: "0"\n-- no header\n',
				after: 'data:\n  n: "1"\n++ no header\n',
			},
		],
	},
	{
		title: 'only what differs is written',
		args: { definition: [config, deployment] },
		host: { commands: { [diff]: { code: 1, stdout: isOther } } },
		steps: [step(apply, document(config))],
	},
	{
		title: 'a template of YAML 1.1, with the namespace of the task, except for what has none',
		args: { template: 'all.yml', namespace: 'web' },
		run: {
			templates: {
				'all.yml':
					'apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\n---\nkind: List\nitems: [{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {publish: yes}}]\n',
			},
		},
		host: {
			commands: {
				[diff]: {
					code: 1,
					stdout:
						differs('v1.Namespace..web', '+kind: Namespace') + differs('v1.Service.web.s', '+kind: Service'),
				},
			},
		},
		steps: [
			step(apply, document({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } })),
			step(
				apply,
				document({
					apiVersion: 'v1',
					kind: 'Service',
					metadata: { name: 's', namespace: 'web' },
					spec: { publish: true },
				}),
			),
		],
	},
	{
		title: 'a secret goes to the input, as dots',
		args: { definition: { ...config, data: { n: new Secret('hush') } } },
		host: { commands: { [diff]: { code: 1, stdout: isNew } } },
		steps: [{ step: `${apply} (stdin: ••••••)`, content: document({ ...config, data: { n: 'hush' } }) }],
	},
	{
		title: 'it is there, and has become what it should',
		args: { definition: deployment, wait: { Deployment: 'condition=Available' } },
		host: { commands: { [diff]: '', [isAvailable(0)]: '' } },
	},
	{
		title: 'it is there, and has not become what it should',
		args: { definition: deployment, wait: { Deployment: 'condition=Available' }, wait_timeout: 9 },
		host: { commands: { [diff]: '', [isAvailable(0)]: { code: 1 } } },
		steps: [step(isAvailable(9), document(deployment))],
	},
	{
		title: 'what carries the name of the set and is described no more goes, and what has an owner stays',
		args: { definition: { ...config, metadata: { ...config.metadata, labels: { app: 'a' } } }, set: 'web' },
		host: {
			commands: {
				[diff]: '',
				[kinds]: 'configmaps\nendpoints\nservices\nwidgets.example.org\n',
				[members]:
					'v1 ConfigMap web a <none>\nv1 ConfigMap web owned 77-1\nexample.org/v1 Widget <none> w <none>\n',
			},
		},
		steps: [
			step(
				`${kubectl} delete --ignore-not-found --timeout 300s -f -`,
				document({ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' } }),
			),
		],
	},
	{
		title: 'a service that extends the API is away: what it has is not taken for gone',
		args: { definition: config, set: 'web' },
		host: {
			commands: { [diff]: '', [kinds]: { code: 1, stdout: 'configmaps\n', stderr: 'error: metrics' } },
		},
		error: /the cluster could not be asked: error: metrics/,
	},
	{
		title: 'fields of somebody else',
		args: { definition: config },
		host: {
			commands: {
				[diff]: { code: 2, stderr: 'Apply failed with 1 conflict: conflict with "helm": .data.n' },
			},
		},
		error: /conflict with "helm"[\s\S]*take them over with `force: true`/,
	},
	{
		title: 'no kubectl',
		args: { definition: config },
		host: { commands: { [diff]: { code: 127, stderr: 'env: no such file' } } },
		error: /there is no \S*kubectl on the host: this task belongs on a server/,
	},
	{
		title: 'absent: what is there goes, the last first',
		args: {
			definition: [config, deployment, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }],
			state: 'absent',
		},
		host: {
			commands: {
				[`${kubectl} get ${listing} -f -`]: 'v1 ConfigMap web a <none>\nv1 Service default s <none>\n',
			},
		},
		steps: [
			step(
				`${kubectl} delete --ignore-not-found --timeout 300s -f -`,
				document({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }) +
					document({ apiVersion: 'v1', kind: 'ConfigMap', metadata: config.metadata }),
			),
		],
	},
	{
		title: 'absent: a kind that the cluster does not know',
		args: {
			definition: { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' } },
			state: 'absent',
		},
		host: {
			commands: {
				[`${kubectl} get ${listing} -f -`]: { code: 1, stderr: 'no matches for kind' },
				[`${kubectl} api-resources --no-headers`]: 'configmaps  cm  v1  true  ConfigMap\n',
			},
		},
	},
	{
		title: 'absent: a kind that the cluster knows, and does not tell of',
		args: { definition: config, state: 'absent' },
		host: {
			commands: {
				[`${kubectl} get ${listing} -f -`]: { code: 1, stderr: 'forbidden' },
				[`${kubectl} api-resources --no-headers`]: 'configmaps  cm  v1  true  ConfigMap\n',
			},
		},
		error: /the cluster could not be asked: forbidden/,
	},
	{
		title: 'absent already',
		args: { definition: config, state: 'absent' },
		host: { commands: { [`${kubectl} get ${listing} -f -`]: '' } },
	},
	{
		title: 'no name',
		args: { definition: [config, { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'p-' } }] },
		error: /definition\[1\] is no object of a cluster[\s\S]*each run would make another one/,
	},
	{ title: 'twice', args: { definition: [config, config] }, error: /ConfigMap web\/a is described twice/ },
	{ title: 'nothing', args: {}, error: /one of definition, src and template, and 0 are given/ },
]);
