import kubernetesWait from '../../../src/modules/kubernetes/kubernetes_wait.ts';
import { actionRows } from '../../rows.ts';

const kubectl =
	'/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null';
const print = (...paths: readonly string[]): string =>
	`--output 'jsonpath={range .items[*]}${paths.map((path) => `{${path}}`).join('{"\\t"}')}{"\\n"}{end}'`;
const paths = [
	...['.kind', '.metadata.namespace', '.metadata.name', '.metadata.generation', '.spec.selector'],
	...['.spec.replicas', '.spec.updateStrategy', '.status'],
];
const get = (words: string, ...more: readonly string[]): string =>
	`${kubectl} get ${words} ${print(...paths, ...more)}`;

const one = get('Deployment --namespace web --field-selector metadata.name=api');
const line = (
	kind: string,
	name: string,
	status: object,
	{ generation = 2, replicas = '3', strategy = {}, text = '' } = {},
): string =>
	`${[
		...[kind, 'web', name, generation, '{"matchLabels":{"app":"api"}}', replicas],
		...[JSON.stringify(strategy), JSON.stringify(status), ...(text === '' ? [] : [text])],
	].join('\t')}\n`;

const rolledOut = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const wait = { kind: ['Deployment'], name: 'api', namespace: 'web', for: 'rollout', timeout: 1 };
const answers = (commands: Readonly<Record<string, string>>) => ({
	commands: {
		[`${kubectl} events --namespace web --types Warning --no-headers`]: '',
		[`${kubectl} get pods --namespace web ${print('.metadata.name', '.metadata.labels', '.status')}`]: '',
		...commands,
	},
});

/** A rollout that is not at its end, and why. */
const lacks = (title: string, seen: string, error: RegExp) => ({
	title,
	args: wait,
	host: answers({ [one]: seen }),
	steps: [one],
	error,
});

export default actionRows(kubernetesWait, [
	{
		title: 'rolled out',
		args: wait,
		host: { commands: { [one]: line('Deployment', 'api', rolledOut) } },
		steps: [one],
		outcome: { changed: false },
	},
	lacks(
		'none of the wanted is there yet: what there is is not what is wanted',
		line('Deployment', 'api', { observedGeneration: 2 }),
		/after 1 s still not `rollout`: Deployment api in web\nDeployment web\/api: 0 of 3 pods are of the new kind, 0 of 3 are available/,
	),
	lacks(
		'counts of before the last change do not count',
		line('Deployment', 'api', rolledOut, { generation: 3 }),
		/has not seen its last change/,
	),
	lacks(
		'an old pod has not gone',
		line('Deployment', 'api', { ...rolledOut, replicas: 4 }),
		/1 old pods are still there/,
	),
	lacks(
		'new, and not available',
		line('Deployment', 'api', { ...rolledOut, availableReplicas: 1 }),
		/api: 1 of 3 pods are available/,
	),
	lacks(
		'nothing is there',
		'',
		/nothing is there\nmore is told by: \S*kubectl .*get Deployment --namespace web/,
	),
	lacks('a kind that has no pods', line('Service', 'api', {}), /a Service does not roll out/),
	{
		title: 'a StatefulSet renews what is above its partition, a DaemonSet runs on each node',
		args: { kind: 'StatefulSet,DaemonSet', for: 'rollout' },
		host: {
			commands: {
				[get('StatefulSet,DaemonSet')]:
					line(
						'StatefulSet',
						'db',
						{ observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 3 },
						{ strategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
					) +
					line(
						'StatefulSet',
						'by-hand',
						{ observedGeneration: 2, availableReplicas: 3 },
						{ strategy: { type: 'OnDelete' } },
					) +
					line(
						'DaemonSet',
						'cni',
						{
							observedGeneration: 2,
							desiredNumberScheduled: 2,
							updatedNumberScheduled: 2,
							numberAvailable: 2,
						},
						{ replicas: '' },
					),
			},
		},
		steps: [get('StatefulSet,DaemonSet')],
	},
	{
		title: 'a condition, whatever the case of its letters, of at least so many',
		args: { kind: 'Node', selector: 'role=agent', for: 'condition=ready', count: 2, timeout: 1 },
		host: answers({
			[get('Node --selector role=agent')]: line('Node', 'one', {
				conditions: [{ type: 'Ready', status: 'True' }],
			}),
		}),
		steps: [get('Node --selector role=agent')],
		error: /after 1 s still not `condition=ready`: all Node with role=agent\n1 of 2 are there/,
	},
	{
		title: 'a condition that is not so',
		args: { kind: 'Node', for: 'condition=Ready', timeout: 1 },
		host: answers({
			[get('Node')]: line('Node', 'one', {
				conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'silent' }],
			}),
		}),
		steps: [get('Node')],
		error: /Node web\/one: Ready is Unknown, NodeStatusUnknown, silent/,
	},
	{
		title: 'a condition that is told of what was before',
		args: { kind: 'Widget', for: 'condition=Ready', timeout: 1 },
		host: answers({
			[get('Widget')]: line('Widget', 'one', {
				conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }],
			}),
		}),
		steps: [get('Widget')],
		error: /Ready is told of what it was before its last change/,
	},
	{
		title: 'a value',
		args: { kind: 'Pod', for: 'jsonpath={.status.phase}=Running' },
		host: {
			commands: { [get('Pod', '.status.phase')]: line('Pod', 'a', {}, { text: 'Running' }) },
		},
		steps: [get('Pod', '.status.phase')],
	},
	{
		title: 'any value',
		args: { kind: 'Service', for: 'jsonpath={.status.loadBalancer}', timeout: 1 },
		host: answers({ [get('Service', '.status.loadBalancer')]: line('Service', 'a', {}) }),
		steps: [get('Service', '.status.loadBalancer')],
		error: /\{\.status\.loadBalancer\} is not there/,
	},
	{
		title: 'gone',
		args: { ...wait, for: 'delete' },
		host: { commands: { [one]: '' } },
		steps: [one],
	},
	{
		title: 'not gone',
		args: { ...wait, for: 'delete' },
		host: answers({ [one]: line('Deployment', 'api', rolledOut) }),
		steps: [one],
		error:
			/Deployment web\/api: it is still there\nmore is told by: \S*kubectl .*describe Deployment api --namespace web/,
	},
	{
		title: 'says what its pods wait for, and warnings about it',
		args: wait,
		host: {
			commands: {
				[one]: line('Deployment', 'api', { observedGeneration: 2, updatedReplicas: 3 }),
				[`${kubectl} events --namespace web --types Warning --no-headers`]:
					'2s  Warning   Failed    Pod/other-1   no\n1s  Warning   BackOff   Pod/api-7-x   back-off\n',
				[`${kubectl} get pods --namespace web ${print('.metadata.name', '.metadata.labels', '.status')}`]: [
					[
						'api-7-x',
						'{"app":"api","more":"yes"}',
						'{"containerStatuses":[{"name":"main","ready":false,"state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}]}',
					],
					[
						'api-7-y',
						'{"app":"api"}',
						'{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes"}]}',
					],
					[
						'api-7-z',
						'{"app":"api"}',
						'{"initContainerStatuses":[{"name":"setup","state":{"terminated":{"exitCode":3,"reason":"Error"}}}],"containerStatuses":[{"name":"main","ready":false,"state":{}}]}',
					],
					['other-1', '{"app":"other"}', '{"containerStatuses":[{"name":"main","state":{"waiting":{}}}]}'],
				]
					.map((fields) => fields.join('\t'))
					.join('\n'),
			},
		},
		steps: [one],
		error:
			/pod web\/api-7-x: container main waits: ImagePullBackOff, no such image\npod web\/api-7-y: PodScheduled is False, Unschedulable, 0\/1 nodes\npod web\/api-7-z: container setup ended: Error, exit code 3\npod web\/api-7-z: container main runs, and is not ready\n1s {2}Warning {2}BackOff {2}Pod\/api-7-x {2}back-off\n(?!2s)/,
	},
	{
		title: 'what the cluster says when it cannot be asked, at the end',
		args: { kind: 'Widget', for: 'create', timeout: 1 },
		host: { commands: { [get('Widget')]: { code: 1, stderr: 'error: no Widget' } } },
		steps: [get('Widget')],
		error: /still not `create`: all Widget\nthe cluster says: error: no Widget/,
	},
	{
		title: 'no kubectl: at once',
		args: { kind: 'Widget', for: 'create' },
		host: { commands: { [get('Widget')]: { code: 127 } } },
		steps: [get('Widget')],
		error: /there is no \S*kubectl on the host/,
	},
	{
		title: 'nothing that can be waited for',
		args: { kind: 'Pod', for: 'Ready' },
		error: /nothing can be waited for with `for: Ready`\nwrite rollout, create, delete, condition=NAME/,
	},
	{
		title: 'one and several',
		args: { kind: 'Pod', name: 'a', selector: 'b', for: 'create' },
		error: /name and selector are both given/,
	},
]);
