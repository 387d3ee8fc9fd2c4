import kubernetesNode from '../../../src/modules/kubernetes/kubernetes_node.ts';
import { stateRows } from '../../rows.ts';

const kubectl =
	'/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null';
const print = (...paths: readonly string[]): string =>
	`--output 'jsonpath={range .items[*]}${paths.map((path) => `{${path}}`).join('{"\\t"}')}{"\\n"}{end}'`;
const nodes = `${kubectl} get nodes ${print('.metadata.name', '.spec.unschedulable', '.metadata.labels', '.spec.taints')}`;
const pods = `${kubectl} get pods --all-namespaces --field-selector spec.nodeName=a1 ${print(
	...[
		'.spec.nodeName',
		'.metadata.namespace',
		'.metadata.name',
		'.status.phase',
		'.metadata.deletionTimestamp',
	],
	...['.metadata.annotations.kubernetes\\.io/config\\.mirror', '.spec.volumes[*].emptyDir'],
	...['.metadata.labels', '.metadata.ownerReferences', '.spec.tolerations'],
)}`;
const budgets = `${kubectl} get poddisruptionbudgets --all-namespaces ${print(
	...['.metadata.namespace', '.metadata.name', '.status.disruptionsAllowed', '.status.currentHealthy'],
	...['.status.desiredHealthy', '.spec.selector'],
)}`;

const lines = (...records: readonly (readonly string[])[]): string =>
	records.map((fields) => `${fields.join('\t')}\n`).join('');
const open = lines(
	['a1', '', '{"role":"old","same":"yes"}', '[{"effect":"NoSchedule","key":"k","value":"v"}]'],
	['s1', '', '{}', ''],
);
const closed = lines(['a1', 'true', '{}', '']);

const owned = (kind: string): string => `[{"controller":true,"kind":"${kind}","name":"o"}]`;
const pod = (
	name: string,
	{
		phase = 'Running',
		ending = '',
		mirror = '',
		data = '',
		owners = owned('ReplicaSet'),
		tolerations = '[]',
	},
): readonly string[] => [
	...['a1', 'web', name, phase, ending, mirror, data, `{"app":"${name}"}`, owners, tolerations],
];
const staying = [
	pod('static', { mirror: '67', owners: owned('Node') }),
	pod('cni', { owners: owned('DaemonSet') }),
	pod('everywhere', { tolerations: '[{"operator":"Exists"}]' }),
	pod('cordoned', { tolerations: '[{"key":"node.kubernetes.io/unschedulable","operator":"Exists"}]' }),
];
const noTolerance = '[{"operator":"Exists","effect":"NoExecute"},{"key":"k","operator":"Exists"}]';

const drain = (words: string): string => `${kubectl} drain a1 --ignore-daemonsets --timeout ${words}`;
const orOpen = (step: string): string => `{ ${step}; } || { { ${kubectl} uncordon a1; } && { false; }; }`;

export default stateRows(kubernetesNode, [
	{
		title: 'labels and taints as they should be; others are not asked about',
		args: {
			name: 'a1',
			labels: { same: 'yes', none: null },
			taints: [
				{ key: 'k', value: 'v', effect: 'NoSchedule' },
				{ key: 'k', value: null, effect: 'NoExecute' },
			],
			schedulable: true,
		},
		host: { commands: { [nodes]: open } },
	},
	{
		title: 'labels and taints that are added, changed and removed',
		args: {
			name: 'a1',
			labels: { same: null, role: 'new', 'example.org/more': '' },
			taints: [
				{ key: 'k', value: null, effect: 'NoSchedule' },
				{ key: 'example.org/t', effect: 'NoExecute' },
			],
		},
		host: { commands: { [nodes]: open } },
		steps: [
			`${kubectl} label node a1 --overwrite --field-manager g2pbook same- role=new example.org/more=`,
			`${kubectl} taint node a1 --overwrite --field-manager g2pbook k:NoSchedule- example.org/t=:NoExecute`,
		],
	},
	{
		title: 'closed to pods',
		args: { name: 'a1', schedulable: false },
		host: { commands: { [nodes]: open } },
		steps: [`${kubectl} cordon a1`],
	},
	{
		title: 'open again',
		args: { name: 'a1', schedulable: true },
		host: { commands: { [nodes]: closed } },
		steps: [`${kubectl} uncordon a1`],
	},
	{
		title: 'drained already: what stays on a node does not count',
		args: { name: 'a1', drained: true },
		host: { commands: { [nodes]: closed, [pods]: lines(...staying) } },
	},
	{
		title: 'empty, and only to be closed',
		args: { name: 'a1', drained: true },
		host: { commands: { [nodes]: open, [pods]: lines(...staying) } },
		steps: [`${kubectl} cordon a1`],
	},
	{
		title: 'to be drained; open again if that fails',
		args: { name: 'a1', drained: true, timeout: 60, grace_period: 5, labels: { role: 'old' } },
		host: {
			commands: {
				[nodes]: open,
				[pods]: lines(
					...staying,
					pod('api', { tolerations: noTolerance }),
					pod('job', { phase: 'Succeeded', owners: '', data: '{}' }),
					pod('slow', { ending: '2026-11-29T09:00:00Z' }),
					pod('pair', {}),
				),
				[budgets]: lines(
					['web', 'api', '0', '2', '2', '{"matchLabels":{"app":"api"}}'],
					['web', 'pair', '1', '2', '1', '{"matchLabels":{"app":"pair"}}'],
					['other', 'all', '0', '0', '1', '{}'],
					['web', 'none', '0', '0', '1', ''],
					[
						'web',
						'some',
						'0',
						'0',
						'1',
						'{"matchExpressions":[{"key":"app","operator":"In","values":["api","x"]}]}',
					],
				),
			},
		},
		steps: [orOpen(drain('60s --grace-period 5'))],
		detail: [
			{
				name: 'pods that are evicted from a1',
				before:
					'web/everywhere (may come back: it is put on nodes that take no others, too)\n' +
					'web/cordoned (may come back: it is put on nodes that take no others, too)\n' +
					'web/api (the budget web/api allows no eviction now; the budget web/some allows no eviction now)\n' +
					'web/job\n' +
					'web/slow (is being ended since 2026-11-29T09:00:00Z)\n' +
					'web/pair\n',
				after: '',
			},
		],
	},
	{
		title: 'to be drained, and closed before: it stays so if that fails',
		args: { name: 'a1', drained: true, force: true, delete_emptydir_data: true },
		host: {
			commands: { [nodes]: closed, [pods]: lines(pod('bare', { owners: '', data: '{} {}' })) },
		},
		steps: [drain('300s --delete-emptydir-data --force')],
	},
	{
		title: 'pods that nothing makes again',
		args: { name: 'a1', drained: true },
		host: {
			commands: { [nodes]: open, [pods]: lines(pod('bare', { owners: '' }), pod('api', {})) },
		},
		error: /nothing would make these pods again elsewhere: web\/bare\n.*`force: true`/,
	},
	{
		title: 'pods that keep data',
		args: { name: 'a1', drained: true },
		host: {
			commands: {
				[nodes]: open,
				[pods]: lines(pod('data', { data: '{"sizeLimit":"1Gi"}' }), pod('api', {})),
			},
		},
		error:
			/these pods keep data on the node, in emptyDir, that would be lost: web\/data\n.*delete_emptydir_data/,
	},
	{
		title: 'forgotten',
		args: { name: 'a1', state: 'absent', timeout: 30 },
		host: { commands: { [nodes]: open } },
		steps: [`${kubectl} delete node a1 --ignore-not-found --timeout 30s`],
	},
	{
		title: 'forgotten already',
		args: { name: 'a9', state: 'absent' },
		host: { commands: { [nodes]: open } },
	},
	{
		title: 'not there',
		args: { name: 'a9', schedulable: true },
		host: { commands: { [nodes]: open } },
		error: /the cluster has no node a9: it has a1, s1/,
	},
	{
		title: 'the cluster cannot be asked',
		args: { name: 'a1', schedulable: true },
		host: { commands: { [nodes]: { code: 1, stderr: 'connection refused' } } },
		error: /the cluster could not be asked: connection refused\nis the API server up/,
	},
	{ title: 'nothing', args: { name: 'a1' }, error: /nothing is asked of the node/ },
	{
		title: 'drained and open',
		args: { name: 'a1', drained: true, schedulable: true },
		error: /a1 cannot be drained and schedulable/,
	},
	{
		title: 'absent and drained',
		args: { name: 'a1', drained: true, state: 'absent' },
		error: /a1 cannot be absent and have something/,
	},
	{
		title: 'a label that YAML made a number',
		args: { name: 'a1', labels: { version: 1 as unknown as string } },
		error: /write a text, in quotes/,
	},
]);
