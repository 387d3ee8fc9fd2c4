import { hostPath } from '../../module/arguments.ts';
import type { Output } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { type Command, option, sh, type Word } from '../../shell/command.ts';
import type { Cluster } from './cluster-arguments.ts';

/** The program, and where it keeps what it knows of repositories: shared by all modules that run it. */
export const helmArguments = {
	helm: hostPath().default('/usr/local/bin/helm').describe('The program `helm` on the host.'),
	repository_config: hostPath()
		.default('/root/.config/helm/repositories.yaml')
		.describe("The file in which helm keeps repositories, with their passwords. Root's own when not given."),
	repository_cache: hostPath()
		.default('/root/.cache/helm/repository')
		.describe("The folder in which helm keeps what it has fetched of them. Root's own when not given."),
};

export type Helm = {
	readonly helm: string;
	readonly repository_config: string;
	readonly repository_cache: string;
};

/** Helm on a cluster. */
export type ClusterHelm = Helm & Cluster;

/** `helm` with these words, for repositories. `cache` stands for another folder than the host's. */
export const helmLocal = (
	{ helm: program, repository_config, repository_cache }: Helm,
	words: Word,
	cache: string = repository_cache,
): Command => sh`${program} ${words} --repository-config ${repository_config} --repository-cache ${cache}`;

/** `helm` with these words, on the cluster. It keeps nothing on the host of what it learns there. */
export const helmWords = (
	{ helm: program, kubeconfig, context }: ClusterHelm,
	...words: readonly Word[]
): Word => [
	'env',
	'KUBECACHEDIR=/dev/null',
	program,
	words,
	'--kubeconfig',
	kubeconfig,
	option('--kube-context', context),
];

export const helm = (args: ClusterHelm, ...words: readonly Word[]): Command =>
	sh`${helmWords(args, ...words)}`;

/** Where charts are, for words of `helmWords`. */
export const repositoryWords = (
	{ repository_config, repository_cache }: Helm,
	cache: string = repository_cache,
): Word => ['--repository-config', repository_config, '--repository-cache', cache];

const notFound = 127;

/** helm has said no to a question. */
export const helmRefusal = (
	what: string,
	{ helm: program, kubeconfig }: ClusterHelm,
	{ code, stdout, stderr }: Output,
): ReadFailed =>
	new ReadFailed(`${what}: ${stderr.trim() || `helm ended with code ${code}`}`, {
		hint:
			code === notFound
				? `there is no ${program} on the host: this task belongs on a server of the cluster, or \`helm\` names another program`
				: /cluster unreachable/i.test(stderr)
					? `is the API server up that ${kubeconfig} names? On a server: systemctl status rke2-server`
					: undefined,
		result: { rc: code, stdout, stderr },
	});
