import { chalkFor, count, harmless } from './style.ts';

/** One thing that was seen of a host: `note` can wait, `wrong` needs a person. */
type Seen = {
	readonly tier: string;
	readonly state: 'good' | 'note' | 'wrong';
	readonly what: string;
	readonly says: string;
};

/** How a host is. */
export type HostStatus = { readonly host: string; readonly seen: readonly Seen[] };

const states = ['good', 'note', 'wrong'] as const;

/** What the role `status` prints of a host: tier, state, what and what there is to say, between tabs. */
export const readStatus = (text: string): readonly Seen[] =>
	text.split('\n').flatMap((line) => {
		const [tier = '', word, what = '', says] = line.split('\t');
		const state = states.find((known) => known === word);
		return state === undefined || says === undefined
			? []
			: [{ tier: harmless(tier), state, what: harmless(what), says: harmless(says) }];
	});

/** A host that does not say how it is needs a person. */
export const notTold = (says: string): Seen => ({ tier: 'host', state: 'wrong', what: 'answer', says });

export const wrongOf = ({ seen }: HostStatus): readonly Seen[] =>
	seen.filter(({ state }) => state === 'wrong');

/** Each host with a line for each of its tiers, what is wrong on lines of its own, and the sum of it. */
export function printStatus(
	hosts: readonly HostStatus[],
	{ colour, width }: { readonly colour: boolean; readonly width: number },
): string {
	const chalk = chalkFor(colour);
	const tiers = hosts.flatMap(({ seen }) => seen.map(({ tier }) => tier.length));
	const margin = 4 + Math.max(0, ...tiers) + 2;
	const head = (mark: string, tier: string) => `  ${mark} ${tier.padEnd(margin - 4)}`;
	const lines = hosts.flatMap(({ host, seen }) => [
		chalk.bold(host),
		...[...new Set(seen.map(({ tier }) => tier))].flatMap((tier) => {
			const of = (state: Seen['state']) => seen.filter((one) => one.tier === tier && one.state === state);
			const good = of('good').map(({ what, says }) => `${what}: ${says}`);
			const others = (['note', 'wrong'] as const).flatMap((state) => of(state));
			return [
				...(good.length === 0
					? []
					: folded(good, width - margin).map((line, index) =>
							index === 0 ? `${chalk.green(head('=', tier))}${line}` : `${' '.repeat(margin)}${line}`,
						)),
				...others.map(({ state, what, says }) =>
					state === 'note'
						? `${chalk.yellow(head('?', tier))}${what}: ${says}`
						: `${chalk.red(head('✗', tier))}${chalk.red(`${what}: ${says}`)}`,
				),
			];
		}),
	]);
	const wrong = hosts.filter((host) => wrongOf(host).length > 0);
	const number = hosts.reduce((sum, host) => sum + wrongOf(host).length, 0);
	const sum =
		number === 0
			? chalk.green(`Nothing needs a person: ${count(hosts.length, 'host')} asked.`)
			: chalk.red(
					`${number === 1 ? '1 thing needs' : `${number} things need`} a person, on ${wrong.map(({ host }) => host).join(', ')}.`,
				);
	return `${[...lines, '', sum].join('\n')}\n`;
}

/** Parts in a row, with a dot between, and a new line where one would be too long. */
function folded(parts: readonly string[], width: number): readonly string[] {
	const lines: string[] = [];
	for (const part of parts) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + part.length + 3 <= width) {
			lines[lines.length - 1] = `${last} · ${part}`;
		} else {
			lines.push(part);
		}
	}

	return lines;
}
