import kubernetesManifest from '../../../src/modules/kubernetes/kubernetes_manifest.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';

const configMap = (name: string, data: Readonly<Record<string, string>>, labels = {}) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: { name, namespace: 'default', labels },
	data,
});

/** As another run of ours has left it. */
const applied = (...objects: readonly object[]): string =>
	`kubectl apply --server-side --field-manager g2pbook -f - <<'END'\n${objects.map((object) => JSON.stringify(object)).join('\n---\n')}\nEND`;

const value = (kind: string, name: string, path: string) =>
	`kubectl get ${kind} ${name} --ignore-not-found --output 'jsonpath={${path}}'`;

const password = 'it is not to be seen';
// Notes what it is called with, and what it is called with by whom: nobody else may see more.
const noting = '/usr/local/bin/noting-kubectl';

export default contractRows(kubernetesManifest, [
	{
		title: 'a namespace, a new kind and one of its objects, and a deployment that is up',
		args: {
			definition: [
				{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'created' } },
				{
					apiVersion: 'apiextensions.k8s.io/v1',
					kind: 'CustomResourceDefinition',
					metadata: { name: 'widgets.example.org' },
					spec: {
						group: 'example.org',
						scope: 'Namespaced',
						names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
						versions: [
							{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
						],
					},
				},
				{ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' } },
				{
					apiVersion: 'apps/v1',
					kind: 'Deployment',
					metadata: { name: 'web' },
					spec: {
						selector: { matchLabels: { app: 'web' } },
						template: {
							metadata: { labels: { app: 'web' } },
							spec: { containers: [{ name: 'web', image: 'example.org/web' }] },
						},
					},
				},
			],
			namespace: 'created',
			wait: { Deployment: 'condition=Available' },
		},
		verify:
			'kubectl --namespace created get widgets.example.org w && kubectl --namespace created wait deployment web --for condition=Available --timeout 0s',
	},
	{
		title: 'a field that somebody has removed is there again',
		setup: `${applied(configMap('removed', { kept: 'yes', removed: 'no' }))}
kubectl patch configmap removed --type json --patch '[{"op": "remove", "path": "/data/removed"}]'`,
		args: { definition: configMap('removed', { kept: 'yes', removed: 'no' }) },
		verify: `test "$(${value('configmap', 'removed', '.data.removed')})" = no`,
	},
	{
		title: 'a field that somebody else has written is taken over when asked, and what is not described stays',
		setup: `${applied(configMap('written', { ours: 'yes' }))}
kubectl patch configmap written --patch '{"data": {"ours": "theirs", "theirs": "kept"}}'`,
		args: { definition: configMap('written', { ours: 'yes' }), force: true },
		verify: `test "$(${value('configmap', 'written', '.data')})" = '{"ours":"yes","theirs":"kept"}'`,
	},
	{
		title: 'a field that is not described any more goes',
		setup: applied(configMap('shorter', { kept: 'yes', old: 'yes' })),
		args: { definition: configMap('shorter', { kept: 'yes' }) },
		verify: `test "$(${value('configmap', 'shorter', '.data')})" = '{"kept":"yes"}'`,
	},
	{
		title: 'a secret that no list of processes shows',
		setup: `printf '#!/bin/sh\\nprintf "%%s\\\\n" "$0" "$@" "$(env)" >>/tmp/noted\\nexec /var/lib/rancher/rke2/bin/kubectl "$@"\\n' >${noting} && chmod +x ${noting}`,
		args: {
			definition: {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: { name: 'quiet' },
				stringData: { password: new Secret(password) },
			},
			namespace: 'default',
			kubectl: noting,
		},
		verify: `test "$(${value('secret', 'quiet', '.data.password')} | base64 -d)" = '${password}' && grep -qx apply /tmp/noted && ! grep -e '${password}' -e '${Buffer.from(password).toString('base64')}' /tmp/noted`,
	},
	{
		title: 'a set that describes nothing any more is empty',
		setup: applied(configMap('of-old', { n: '1' }, { 'g2pbook.openg2p.org/set': 'emptied' })),
		args: { definition: [], set: 'emptied' },
		verify: 'test -z "$(kubectl get configmap of-old --ignore-not-found)"',
	},
	{
		title: 'what a set does not describe any more goes, of whatever kind',
		setup: applied(
			configMap('in-set', { n: '1' }, { 'g2pbook.openg2p.org/set': 'things' }),
			configMap('left', { n: '1' }, { 'g2pbook.openg2p.org/set': 'things' }),
			configMap('of-another', { n: '1' }, { 'g2pbook.openg2p.org/set': 'others' }),
			{
				apiVersion: 'scheduling.k8s.io/v1',
				kind: 'PriorityClass',
				metadata: { name: 'left', labels: { 'g2pbook.openg2p.org/set': 'things' } },
				value: 5,
			},
		),
		args: { definition: configMap('in-set', { n: '1' }), set: 'things' },
		verify:
			'kubectl get configmap in-set of-another && test -z "$(kubectl get configmap,priorityclass left --ignore-not-found)"',
	},
	{
		title: 'objects that are not there any more, with what was in them',
		setup: `kubectl create namespace gone && ${applied({ ...configMap('inside', {}), metadata: { name: 'inside', namespace: 'gone' } }, configMap('gone', {}))}`,
		args: {
			definition: [
				{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } },
				configMap('gone', { of: 'no matter what content' }),
				configMap('never-was', {}),
			],
			state: 'absent',
		},
		verify:
			'test -z "$(kubectl get namespace gone --ignore-not-found; kubectl get configmap gone --ignore-not-found)"',
	},
	{
		title: 'objects of a kind that the cluster does not know cannot be there',
		setup: 'kubectl create configmap beside',
		args: {
			definition: [
				{ apiVersion: 'nowhere.example.org/v1', kind: 'Nothing', metadata: { name: 'none' } },
				configMap('beside', {}),
			],
			state: 'absent',
		},
		verify: 'test -z "$(kubectl get configmap beside --ignore-not-found)"',
	},
]);
