import kubernetesNode from '../../../src/modules/kubernetes/kubernetes_node.ts';
import { contractRows } from '../../contract-rows.ts';

// Nodes without a machine: nothing runs on them, and what is put on them by hand waits there.
const node = (name: string, spec: object = {}): string =>
	`kubectl create -f - <<'END'\n${JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { old: 'yes', kept: 'yes' } }, spec })}\nEND`;

/** A pod that waits on a node for ever, and ends as soon as it is told to. */
const pod = (name: string, on: string): string =>
	`kubectl create -f - <<'END'\n${JSON.stringify({
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name, labels: { app: on } },
		spec: {
			nodeName: on,
			terminationGracePeriodSeconds: 0,
			// The control plane would have it evicted, since nobody hears of the node.
			tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
			containers: [{ name: 'main', image: 'example.org/main' }],
		},
	})}\nEND`;

const of = (name: string, path: string): string => `kubectl get node ${name} --output 'jsonpath={${path}}'`;

export default contractRows(kubernetesNode, [
	{
		title: 'labels and taints; those of others stay',
		setup: node('marked', {
			taints: [
				{ key: 'example.org/old', effect: 'NoSchedule' },
				{ key: 'example.org/kept', value: 'yes', effect: 'NoSchedule' },
			],
		}),
		args: {
			name: 'marked',
			labels: { old: null, 'example.org/new': 'true' },
			taints: [
				{ key: 'example.org/old', value: null, effect: 'NoSchedule' },
				{ key: 'example.org/old', effect: 'NoExecute' },
				{ key: 'example.org/new', value: 'true', effect: 'PreferNoSchedule' },
			],
		},
		verify: `test "$(${of('marked', '.metadata.labels.old}{.metadata.labels.kept}{.metadata.labels.example\\.org/new')})" = yestrue &&
test "$(${of('marked', 'range .spec.taints[*]}{.key}={.value}:{.effect}{"\\n"}{end')} | grep example.org | sort | paste -sd' ')" = 'example.org/kept=yes:NoSchedule example.org/new=true:PreferNoSchedule example.org/old=:NoExecute'`,
	},
	{
		title: 'closed to pods',
		setup: node('closed'),
		args: { name: 'closed', schedulable: false },
		verify: `${of('closed', '.spec.unschedulable')} | grep -qx true`,
	},
	{
		title: 'open to pods again',
		setup: node('opened', { unschedulable: true }),
		args: { name: 'opened', schedulable: true },
		verify: `test -z "$(${of('opened', '.spec.unschedulable')})"`,
	},
	{
		title: 'drained',
		setup: `${node('drained')}\n${pod('evicted-1', 'drained')}\n${pod('evicted-2', 'drained')}`,
		args: { name: 'drained', drained: true, force: true, timeout: 120 },
		verify: `${of('drained', '.spec.unschedulable')} | grep -qx true &&
test -z "$(kubectl get pods --selector app=drained --output name)"`,
	},
	{
		title: 'forgotten',
		setup: node('forgotten'),
		args: { name: 'forgotten', state: 'absent' },
		verify: 'test -z "$(kubectl get node forgotten --ignore-not-found)"',
	},
]);
