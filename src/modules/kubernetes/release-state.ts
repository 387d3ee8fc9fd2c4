import type { Local, Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import { type ChartArguments, chartOf, listedAs, mayChange } from './chart.ts';
import { driftOf } from './drift.ts';
import { isOfChart, isPending, listed, plain, revisionsOf, stored } from './releases.ts';
import { differing, objectsIn } from './rendered.ts';
import { made, type ReleaseArguments, templated } from './rendering.ts';
import { sameValues, valuesOf } from './values.ts';

export type Wanted = ReleaseArguments &
	ChartArguments & {
		readonly state: 'present' | 'absent';
		readonly values: readonly Readonly<Record<string, unknown>>[];
		readonly restore: boolean;
	};

export type ReleaseState = {
	/** Name and version, as `helm list` writes it. */
	readonly chart?: string | undefined;
	readonly status: string;
	readonly values?: 'as given' | 'other ones' | undefined;
	/** Of the archive that its last revision was made of, where the task names one. */
	readonly checksum?: string | undefined;
	/** Objects that the chart makes otherwise than the release has them, though its version is the same. */
	readonly 'made otherwise'?: readonly string[] | undefined;
	readonly missing?: readonly string[] | undefined;
	readonly edited?: readonly string[] | undefined;
	// What the following steps have to know, and nobody asks for.
	readonly revision?: number | undefined;
	/** What the chart of the task is, when only helm can tell. */
	readonly offered?: string | undefined;
	/** It is of another chart than that of the task. */
	readonly foreign?: boolean | undefined;
	/** Revisions to go back to. */
	readonly good?: number | undefined;
	readonly tried?: number | undefined;
};

/** What there is of a release; undefined: nothing. @throws ReadFailed */
export async function releaseState(
	args: Wanted,
	host: Reader,
	local: Local,
): Promise<ReleaseState | undefined> {
	const release = await listed(args, host);
	if (release === undefined) {
		return undefined;
	}

	const { revision, status } = release;
	const isDeployed = status === 'deployed';
	await (isPending(status) && refuseWhileRunning(args, status, host));
	const chart = args.chart === undefined && args.src === undefined ? undefined : await chartOf(args, local);
	const isForeign = (name: string) => !isOfChart(release.chart, name);
	if (args.state === 'absent' || chart === undefined) {
		const foreign = chart !== undefined && 'name' in chart && isForeign(chart.name);
		return { chart: release.chart, status, revision, foreign };
	}

	const values = valuesOf(args.values);
	const kept = await Promise.all([
		stored(args, host),
		isDeployed ? { good: revision, tried: undefined } : revisionsOf(args, host),
		mayChange(chart) && !isPending(status) ? made(args, chart, values, host) : undefined,
	]);
	const [{ config, info, manifest }, revisions, offered] = kept;
	const objects = objectsIn(manifest);
	const differ = offered === undefined ? [] : differing(objects, offered.objects);
	const [again, drift] = await Promise.all([
		// A rendering differs: is it the chart that is another, or is it random?
		differ.length === 0 ? undefined : templated(args, chart, values, host, false).catch(() => undefined),
		isDeployed && args.restore ? driftOf(args, host, objects) : { missing: [], edited: [] },
	]);
	return {
		chart: release.chart,
		status,
		values: sameValues(config, values.plain) ? 'as given' : 'other ones',
		checksum: args.checksum && (info?.description?.startsWith(sumPrefix) ? info.description : 'unknown'),
		'made otherwise': offered === undefined ? [] : differing(objects, offered.objects, again),
		...drift,
		revision,
		offered: offered && plain(offered.chart),
		foreign: 'name' in chart ? isForeign(chart.name) : offered !== undefined && isForeign(offered.name),
		...revisions,
	};
}

/** What a release should be; undefined: it must not be. */
export async function wantedState(
	args: Wanted,
	local: Local,
	current: ReleaseState | undefined,
): Promise<ReleaseState | undefined> {
	if (args.state === 'absent') {
		return undefined;
	}

	const named = listedAs(await chartOf(args, local));
	const chart = named === undefined ? current?.offered : plain(named);
	const whole = { 'made otherwise': [], missing: [], edited: [] };
	const checksum = args.checksum?.toLowerCase();
	return { chart, status: 'deployed', values: 'as given', checksum, ...(current && whole) };
}

const sumPrefix = 'sha256:';

/** A release that is pending because helm is at work on it is no broken one. Only on this host it can be seen. */
async function refuseWhileRunning({ name, namespace }: Wanted, status: string, host: Reader): Promise<void> {
	const { stdout } = await host.read(sh`ps -eo pid=,args=`, { ok: [0, 1, 127] });
	const running = stdout
		.split('\n')
		.map((line) => line.trim().split(/\s+/))
		.find(
			([, program = '', ...words]) =>
				/(?:^|\/)helm$/.test(program) &&
				words.includes(name) &&
				words.some((word) => word === namespace || word === `--namespace=${namespace}`) &&
				words.some((word) => /^(?:install|upgrade|rollback|uninstall)$/.test(word)),
		);
	if (running !== undefined) {
		throw new ReadFailed(
			`${namespace}/${name} is ${status}, and helm is at work on it on this host: process ${running[0]}`,
			{ hint: 'let it end, then run again; or end that process, and the next run mends what it leaves' },
		);
	}
}
