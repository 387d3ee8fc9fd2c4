import type { Local, Script, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { pipe, sequence, silencing, toErrors } from '../../shell/combine.ts';
import { type Command, sh } from '../../shell/command.ts';
import { Secret } from '../../shell/secret.ts';
import { chartOf, preparing, withChart } from './chart.ts';
import { helm } from './helm-arguments.ts';
import { sayConditions, sayPods, sayWarnings } from './reasons.ts';
import type { ReleaseState, Wanted } from './release-state.ts';
import { isPending, type Named } from './releases.ts';
import { upgradeWords } from './rendering.ts';
import { valuesOf } from './values.ts';

export type Waiting = {
	readonly wait: boolean;
	/** Seconds. */
	readonly wait_timeout: number;
	readonly atomic: boolean;
};

/** Makes a release. */
export const installSteps = async (args: Wanted & Waiting, local: Local): Promise<readonly Step[]> =>
	bringing(args, local, uninstall(args));

/** Brings a release to what it should be, and out of what a run has left that was cut off. */
export async function upgradeSteps(
	args: Wanted & Waiting,
	before: ReleaseState,
	local: Local,
): Promise<readonly Step[]> {
	refuseForeign(args, before);
	if (!isPending(before.status)) {
		return bringing(args, local, before.good === undefined ? undefined : rollback(args, before.good));
	}

	const back = before.status === 'uninstalling' ? undefined : (before.good ?? before.tried);
	// helm refuses to upgrade what is pending, and lets go back or away.
	return back === undefined
		? [uninstall(args), ...(await installSteps(args, local))]
		: [
				rollback({ ...args, wait: false }, back),
				...(await bringing(args, local, before.good === undefined ? undefined : rollback(args, before.good))),
			];
}

/** Removes a release with its objects. */
export function removeSteps(args: Wanted & Waiting, before: ReleaseState): readonly Command[] {
	refuseForeign(args, before);
	return [uninstall(args)];
}

const refuseForeign = (
	{ adopt, namespace, name }: Wanted,
	{ foreign, chart = '', offered }: ReleaseState,
): void => {
	if (foreign && !adopt) {
		impossible(
			`${namespace}/${name} is a release of another chart: ${chart}${offered === undefined ? '' : `, not ${offered}`}`,
			'choose another name, or replace that release with `adopt: true`',
		);
	}
};

async function bringing(
	args: Wanted & Waiting,
	local: Local,
	undo: Command | undefined,
): Promise<readonly Step[]> {
	const chart = await chartOf(args, local);
	const { first, last } = upgradeWords(args);
	const { input } = valuesOf(args.values);
	const upgrade = withChart(args, chart, input, first, [
		last,
		'--hide-notes',
		// What a revision was made of is kept with it.
		args.checksum !== undefined && ['--description', args.checksum.toLowerCase()],
		waiting(args),
	]);
	return [
		...preparing(args, chart),
		args.atomic && undo !== undefined ? attempt(upgrade, saying(args), undo) : upgrade,
	];
}

/** The first line is what people see of it. */
const attempt = (upgrade: Command, reasons: Command, undo: Command): Script => ({
	kind: 'script',
	text: [`${upgrade} && exit`, toErrors(reasons), toErrors(undo), 'exit 1', ''].join('\n'),
	input: typeof upgrade.input === 'string' || upgrade.input instanceof Secret ? upgrade.input : undefined,
});

/** What the cluster says of the failed revision, before it is gone. */
const saying = (args: Named): Command => {
	const { name, namespace } = args;
	return sequence(
		pipe(helm(args, 'get', 'manifest', name, '--namespace', namespace), sayConditions(args, namespace)),
		sayPods(args, namespace),
		pipe(silencing(sayWarnings(args, namespace)), sh`tail -n 5`),
	);
};

const waiting = ({ wait, wait_timeout }: Pick<Waiting, 'wait' | 'wait_timeout'>) => [
	wait && ['--wait', '--wait-for-jobs'],
	...['--timeout', `${wait_timeout}s`],
];

const rollback = (args: Wanted & Waiting, revision: number): Command =>
	helm(args, 'rollback', args.name, revision, [
		...['--namespace', args.namespace],
		...['--history-max', args.history],
		waiting(args),
	]);

const uninstall = (args: Wanted & Waiting): Command =>
	helm(args, 'uninstall', args.name, [
		...['--namespace', args.namespace, '--ignore-not-found'],
		args.wait && '--wait',
		...['--timeout', `${args.wait_timeout}s`],
	]);
