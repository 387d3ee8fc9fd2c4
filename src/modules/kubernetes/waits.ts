import type { SharedQuestion } from '../../module/shared-question.ts';
import { sh } from '../../shell/command.ts';
import { type Cluster, clusterName, kubectlWords, refusal } from './cluster-arguments.ts';
import { stream } from './differences.ts';

/** Whether objects (as JSON) are now as `kubectl wait --for` describes it. */
export const fulfils = (cluster: Cluster, condition: string): SharedQuestion<boolean> => ({
	name: `kubectl wait ${clusterName(cluster)} ${condition}`,
	command: (objects) =>
		sh`${kubectlWords(cluster, 'wait', '--for', condition, '--timeout', '0s', '-f', '-')}`.withInput(
			stream(objects),
		),
	answers: (objects, output) =>
		objects.map(() => {
			if (output.code === 0) {
				return { value: true };
			}

			if (objects.length > 1) {
				return { askAlone: true };
			}

			return output.code === 1 ? { value: false } : { failure: refusal(cluster, output) };
		}),
});
