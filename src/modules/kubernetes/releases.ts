import type { Reader } from '../../module/contract.ts';
import type { SharedQuestion } from '../../module/shared-question.ts';
import { sh } from '../../shell/command.ts';
import { clusterName } from './cluster-arguments.ts';
import { type ClusterHelm, helm, helmRefusal, helmWords } from './helm-arguments.ts';

/** A release as `helm list` has it. */
export type Listed = {
	readonly revision: number;
	/** `deployed`, `failed`, `pending-upgrade` and so on. */
	readonly status: string;
	/** Name and version of its chart, with a - between them. */
	readonly chart: string;
};

export type Named = ClusterHelm & { readonly name: string; readonly namespace: string };

/** The release of that name; undefined: there is none. One list for all that ask. @throws ReadFailed */
export const listed = (args: Named, host: Reader): Promise<Listed | undefined> =>
	host.ask(releases(args), `${args.namespace}/${args.name}`);

const releases = (args: ClusterHelm): SharedQuestion<Listed | undefined> => ({
	name: `helm list ${args.helm} ${clusterName(args)}`,
	// Without `--all` it leaves out those whose run was cut off, without `--max 0` all after the 256th.
	command: () =>
		sh`${helmWords(args, 'list', '--all-namespaces', '--all', '--max', '0', '--output', 'json')}`,
	answers(subjects, output) {
		if (output.code !== 0) {
			return subjects.map(() => ({ failure: helmRefusal('the cluster could not be asked', args, output) }));
		}

		const found = new Map(
			(JSON.parse(output.stdout) as readonly Entry[]).map((entry) => [
				`${entry.namespace}/${entry.name}`,
				{ revision: Number(entry.revision), status: entry.status, chart: plain(entry.chart) },
			]),
		);
		return subjects.map((subject) => {
			const release = found.get(subject);
			// What `--keep-history` keeps of a release is no release.
			return { value: release?.status === 'uninstalled' ? undefined : release };
		});
	},
});

/** Versions with and without a v in front are the same to helm. */
export const plain = (chart: string): string => chart.replace(/-v(?=\d+\.\d+\.\d+)/, '-');

type Entry = {
	readonly name: string;
	readonly namespace: string;
	/** A number, written as text. */
	readonly revision: string;
	readonly status: string;
	readonly chart: string;
};

/** What the cluster keeps of a release. */
export type Stored = {
	readonly config?: unknown;
	readonly info?: { readonly description?: string };
	/** Its objects as YAML, hooks left out. */
	readonly manifest: string;
};

/** The last revision of a release, whatever has become of it. @throws ReadFailed */
export async function stored(args: Named, host: Reader): Promise<Stored> {
	const { name, namespace } = args;
	const output = await host.read(
		helm(args, 'status', name, '--namespace', namespace, '--output', 'json'),
		everyCode,
	);
	if (output.code !== 0) {
		throw helmRefusal(`the release ${name} could not be read`, args, output);
	}

	return JSON.parse(output.stdout) as Stored;
}

/** Revisions that one can go back to; undefined: there is none of that kind. */
export type Revisions = {
	/** The last one that came about. */
	readonly good: number | undefined;
	/** The last one that was done to its end, and was not what it should be. */
	readonly tried: number | undefined;
};

/** @throws ReadFailed */
export async function revisionsOf(args: Named, host: Reader): Promise<Revisions> {
	const { name, namespace } = args;
	const output = await host.read(
		helm(args, 'history', name, '--namespace', namespace, '--max', '256', '--output', 'json'),
		everyCode,
	);
	if (output.code !== 0) {
		throw helmRefusal(`the history of ${name} could not be read`, args, output);
	}

	const revisions = [
		...(JSON.parse(output.stdout) as readonly { readonly revision: number; readonly status: string }[]),
	].reverse();
	return {
		good: revisions.find(({ status }) => status === 'deployed' || status === 'superseded')?.revision,
		tried: revisions.find(({ status }) => status === 'failed')?.revision,
	};
}

const everyCode = { ok: Array.from({ length: 256 }, (_, code) => code) };

/** Whether a release is of a chart of that name, of whatever version. */
export const isOfChart = (listedChart: string, name: string): boolean =>
	listedChart.startsWith(`${name}-`) && /^\d+\.\d+\.\d+/.test(listedChart.slice(name.length + 1));

/** Its last run was cut off before it could say how it went. */
export const isPending = (status: string): boolean =>
	status.startsWith('pending-') || status === 'uninstalling';
