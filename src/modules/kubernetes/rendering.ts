import type { Output, Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import type { Word } from '../../shell/command.ts';
import { type Chart, lookingWithChart } from './chart.ts';
import { helmRefusal } from './helm-arguments.ts';
import type { Named } from './releases.ts';
import { objectsIn, type Rendered } from './rendered.ts';
import type { Values } from './values.ts';

export type ReleaseArguments = Named & {
	readonly skip_crds: boolean;
	readonly create_namespace: boolean;
	readonly adopt: boolean;
	readonly history: number;
};

/** What a chart would make now. */
export type Made = {
	/** Name of the chart, as it says itself. */
	readonly name: string;
	/** With its version, as `helm list` writes it. */
	readonly chart: string;
	readonly objects: ReadonlyMap<string, Rendered>;
};

/** The words of an upgrade, for the change and for the look at what it would do. */
export const upgradeWords = (args: ReleaseArguments): { readonly first: Word; readonly last: Word } => ({
	first: ['upgrade', '--install', args.name],
	last: [
		...['--namespace', args.namespace],
		args.create_namespace && '--create-namespace',
		// Without it, helm takes the values of last time when it is given none.
		'--reset-values',
		...['--history-max', args.history],
		args.skip_crds && '--skip-crds',
		args.adopt && '--take-ownership',
	],
});

/** What an upgrade would make, as the API server sees it, without doing it. @throws ReadFailed */
export async function made(
	args: ReleaseArguments,
	chart: Chart,
	values: Values,
	host: Reader,
): Promise<Made> {
	const { first, last } = upgradeWords(args);
	const looking = [last, '--dry-run=server', '--output', 'json'];
	const output = await host.read(lookingWithChart(args, chart, values.input, first, looking), everyCode);
	if (output.code !== 0) {
		throw notRendered(args, chart, output);
	}

	const answer = JSON.parse(output.stdout) as {
		readonly manifest: string;
		readonly chart: { readonly metadata: { readonly name: string; readonly version: string } };
	};
	const { name, version } = answer.chart.metadata;
	return { name, chart: `${name}-${version}`, objects: objectsIn(answer.manifest) };
}

/**
 * The same by `helm template`, as a first installation or as an upgrade. It also answers while a release is pending.
 * @throws ReadFailed
 */
export async function templated(
	args: ReleaseArguments,
	chart: Chart,
	values: Values,
	host: Reader,
	isUpgrade: boolean,
): Promise<ReadonlyMap<string, Rendered>> {
	const ask = (isValidated: boolean) => {
		const last = [
			...['--namespace', args.namespace],
			isValidated && '--validate',
			isUpgrade && '--is-upgrade',
			...['--dry-run=server', '--no-hooks'],
		];
		const first = ['template', args.name];
		return host.read(lookingWithChart(args, chart, values.input, first, last), everyCode);
	};
	const seen = await ask(true);
	// Of kinds that the chart itself brings. Without validating, helm only guesses what the cluster can.
	const output = seen.code === 0 ? seen : await ask(false);
	if (output.code !== 0) {
		throw notRendered(args, chart, output);
	}

	return objectsIn(output.stdout);
}

const everyCode = { ok: Array.from({ length: 256 }, (_, code) => code) };

function notRendered(args: ReleaseArguments, chart: Chart, output: Output): ReadFailed {
	const failure = helmRefusal(`the chart of ${args.name} could not be rendered`, args, output);
	return failure.hint === undefined
		? new ReadFailed(failure.message, { hint: hintFor(chart, output.stderr), result: failure.result })
		: failure;
}

/** What to do about a chart that helm does not find. */
export function hintFor(chart: Chart, stderr: string): string | undefined {
	switch (chart.kind) {
		case 'path':
			return /path \S+ not found|no such file/i.test(stderr)
				? `is there a chart at ${chart.path} on the host? A file of the role is \`src\``
				: undefined;
		case 'file':
			return undefined;
		case 'address':
			return /cannot be downloaded/.test(stderr)
				? 'has this host a way there, and is it there? On a site without internet, serve it on a server of your own'
				: /has the checksum/.test(stderr)
					? 'was it changed on its way, or is the copy another one? Look at it before you change the checksum'
					: undefined;
		case 'registry':
			return noWay.test(stderr) ? `this host has no way to ${chart.address}: ${asFile}` : undefined;
		case 'repository':
			if (noWay.test(stderr)) {
				return `this host has no way to the repository ${chart.repository}: ${asFile}`;
			}

			return /repo \S+ not found|no repo|no repositories/i.test(stderr)
				? `a task before this one has to make it known: helm_repository: {name: ${chart.repository}, url: …}`
				: undefined;
	}
}

const noWay = /no such host|refused|timeout|timed out|no route|unreachable|cannot be reached/i;

/** The way without a network. */
export const asFile = 'open the way, or give the chart as a file (`src`, or a path on the host as `chart`)';
