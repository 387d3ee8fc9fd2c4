import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import type { Output } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { type Command, option, sh, type Word } from '../../shell/command.ts';

/** Where the cluster is, as the host sees it: shared by all modules that speak to one. */
export const clusterArguments = {
	kubeconfig: hostPath()
		.default('/etc/rancher/rke2/rke2.yaml')
		.describe('File on the host that names the API server and how to log in there.'),
	context: z.string().min(1).optional().describe('Which of its contexts. The current one when not given.'),
	kubectl: hostPath()
		.default('/var/lib/rancher/rke2/bin/kubectl')
		.describe('The program on the host that speaks to the API server.'),
};

export type Cluster = {
	readonly kubeconfig: string;
	readonly context?: string | undefined;
	readonly kubectl: string;
};

/** The name under which we write: what another one has written is not ours to change. */
export const fieldManager = 'g2pbook';

/** `kubectl` with these words. It keeps nothing on the host of what it learns there. */
export const kubectlWords = (
	{ kubectl: program, kubeconfig, context }: Cluster,
	...words: readonly Word[]
): Word => [
	program,
	'--kubeconfig',
	kubeconfig,
	option('--context', context),
	'--cache-dir',
	'/dev/null',
	words,
];

export const kubectl = (cluster: Cluster, ...words: readonly Word[]): Command =>
	sh`${kubectlWords(cluster, ...words)}`;

/** One cluster, for questions that travel together. */
export const clusterName = ({ kubectl: program, kubeconfig, context = '' }: Cluster): string =>
	[program, kubeconfig, context].join(' ');

/** kubectl has said no. */
export const refusal = (cluster: Cluster, { code, stdout, stderr }: Output): ReadFailed =>
	new ReadFailed(`the cluster could not be asked: ${stderr.trim() || `kubectl ended with code ${code}`}`, {
		hint: hintFor(cluster, code, stderr),
		result: { rc: code, stdout, stderr },
	});

const notFound = 127;

function hintFor(
	{ kubectl: program, kubeconfig }: Cluster,
	code: number,
	stderr: string,
): string | undefined {
	if (code === notFound) {
		return `there is no ${program} on the host: this task belongs on a server of the cluster, or \`kubectl\` names another program`;
	}

	if (/conflict/i.test(stderr)) {
		return 'somebody else has written these fields: leave them out here, or take them over with `force: true`';
	}

	return /refused|no such host|timeout|timed out|no route/i.test(stderr)
		? `is the API server up that ${kubeconfig} names? On a server: systemctl status rke2-server`
		: undefined;
}

/**
 * Begins a line that is done in a folder of its own, for what kubectl and helm write beside. It goes with the line, also when the
 * connection is lost in the middle: sudo ends what it has started by SIGHUP, and dash does not take that for an end.
 */
export const inOwnFolder = `folder=$(mktemp -d) && trap 'cd /; rm -rf "$folder"' EXIT && trap 'exit 129' HUP INT TERM PIPE && cd "$folder"`;
