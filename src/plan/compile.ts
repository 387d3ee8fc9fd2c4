import { type Diagnostics, didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { matchHosts } from '../inventory/pattern.ts';
import type { Inventory } from '../inventory/types.ts';
import type { Node, Play, Playbook } from '../playbook/types.ts';
import { batchesOf, ordered } from './batches.ts';
import { isInShard, sharded } from './shard.ts';
import { findStart, type Start } from './start-at.ts';
import { selects, specialTags } from './tags.ts';
import type { Plan, PlannedPlay, Selection } from './types.ts';
import { hasUnknown, leavesOf, type Previews } from './walk.ts';

export type CompileOptions = {
	/** What includes bring, as far as it is known. */
	readonly previews?: Previews;
	/** Folder that `@FILE` in patterns starts from. */
	readonly cwd?: string;
};

/**
 * Who does what, and in which order. A pattern, limit, tag or start that means nothing is a problem; a play
 * without hosts is a warning.
 */
export function compile(
	playbook: Playbook,
	inventory: Inventory,
	selection: Selection,
	problems: Diagnostics,
	{ previews = new Map(), cwd = process.cwd() }: CompileOptions = {},
): Plan {
	const limit = limitOf(selection, inventory, problems, cwd);
	const start = findStart(selection.startAtTask, playbook, previews, problems);
	checkTags(playbook, selection, previews, problems);
	const { shard } = selection;
	const plays = playbook.plays.map((play): PlannedPlay => {
		const grows = playbook.plays.slice(0, play.index + 1).some((earlier) => addsHosts(earlier, previews));
		const matching = hostsFor(play, inventory, grows ? undefined : problems);
		if (matching?.length === 0 && !grows) {
			problems.warning(`no host matches "${play.hosts}": play "${play.name}" is skipped`, {
				source: play.hostsSource ?? play.source,
			});
		}

		return planned(play, matching ?? [], limit, start);
	});
	if (
		limit !== undefined &&
		limit.size > 0 &&
		plays.length > 0 &&
		plays.every(({ hosts }) => hosts.length === 0)
	) {
		problems.error(`--limit ${selection.limit} leaves no host in any play`, {
			hint: '"g2pbook plan" shows the hosts of each play',
		});
	}

	return {
		playbook,
		inventory,
		plays: plays.map((play) => sharded(play, inventory, shard)),
		shard,
		selects: (node) => isSelected(node, selection, start),
		startAt: start.id,
		hosts: (now) => {
			const within = limitOf(selection, now, undefined, cwd);
			return [...now.hosts.values()]
				.filter(({ implicit }) => implicit !== true)
				.map(({ name }) => name)
				.filter((host) => (within?.has(host) ?? true) && (shard === undefined || isInShard(host, shard)));
		},
		replan: (play, grown) =>
			sharded(
				planned(
					play,
					hostsFor(play, grown, undefined) ?? [],
					limitOf(selection, grown, undefined, cwd),
					start,
				),
				grown,
				shard,
			),
	};
}

function isSelected(node: Node, selection: Selection, start: Start): boolean {
	return node.kind === 'block'
		? [...node.body, ...node.rescue, ...node.always].some((inner) => isSelected(inner, selection, start))
		: !start.before.has(node.id) && selects(node, selection);
}

/** The hosts that `--limit` leaves; undefined without a limit. */
function limitOf(
	{ limit }: Selection,
	inventory: Inventory,
	problems: Diagnostics | undefined,
	cwd: string,
): ReadonlySet<string> | undefined {
	if (limit === undefined) {
		return undefined;
	}

	try {
		const hosts = new Set(matchHosts(limit, inventory, { cwd }));
		if (hosts.size === 0) {
			problems?.error(`--limit ${limit} matches no host`, {
				hint: '"g2pbook inventory --graph" shows all of them',
			});
		}

		return hosts;
	} catch (error) {
		collect(error, problems, '--limit: ');
		return new Set();
	}
}

/** undefined after a problem. */
function hostsFor(
	play: Play,
	inventory: Inventory,
	problems: Diagnostics | undefined,
): readonly string[] | undefined {
	try {
		return matchHosts(play.hosts, inventory, { source: play.hostsSource ?? play.source });
	} catch (error) {
		collect(error, problems, '');
		return undefined;
	}
}

function collect(error: unknown, problems: Diagnostics | undefined, before: string): void {
	if (!(error instanceof BadInput)) {
		throw error;
	}

	for (const { summary, source, hint } of error.diagnostics) {
		problems?.error(`${before}${summary}`, { source, hint });
	}
}

function planned(
	play: Play,
	matching: readonly string[],
	limit: ReadonlySet<string> | undefined,
	start: Start,
): PlannedPlay {
	const hosts = ordered(
		matching.filter((host) => limit?.has(host) ?? true),
		play.order,
	);
	const reason =
		matching.length === 0
			? `no host matches "${play.hosts}"`
			: hosts.length === 0
				? 'none of its hosts is within --limit'
				: play.index < start.play
					? 'it comes before --start-at-task'
					: undefined;
	return reason === undefined
		? { play, hosts, batches: batchesOf(hosts, play.serial) }
		: { play, hosts: [], batches: [], skippedBecause: reason };
}

const addsHosts = (play: Play, previews: Previews): boolean =>
	[...leavesOf(play, previews)].some(
		(leaf) => leaf.kind === 'task' && ['add_host', 'group_by'].includes(leaf.module),
	) || hasUnknown(play, previews);

function checkTags(
	playbook: Playbook,
	{ tags = [], skipTags = [] }: Selection,
	previews: Previews,
	problems: Diagnostics,
): void {
	if (playbook.plays.some((play) => hasUnknown(play, previews))) {
		return;
	}

	const known = new Set(
		playbook.plays.flatMap((play) => [...leavesOf(play, previews)].flatMap(({ tags }) => tags)),
	);
	for (const [flag, words] of [['--tags', tags] as const, ['--skip-tags', skipTags] as const]) {
		for (const word of words.filter((tag) => !known.has(tag) && !specialTags.has(tag))) {
			problems.error(`${flag} ${word}: no task has this tag`, {
				hint: didYouMean(word, known) ?? `known tags: ${[...known].sort().join(', ') || 'none'}`,
			});
		}
	}
}
