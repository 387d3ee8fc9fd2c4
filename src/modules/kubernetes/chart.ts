import { readFile } from 'node:fs/promises';
import type { Local, Reader } from '../../module/contract.ts';
import { any, quietly } from '../../shell/combine.ts';
import { type Command, sh, type Word } from '../../shell/command.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { inOwnFolder } from './cluster-arguments.ts';
import { type ClusterHelm, helmLocal, helmWords, repositoryWords } from './helm-arguments.ts';

/** A chart, and what is known of it before helm has read it. */
export type Chart =
	| {
			readonly kind: 'repository';
			readonly repository: string;
			readonly name: string;
			readonly version: string;
	  }
	| { readonly kind: 'registry'; readonly address: string; readonly name: string; readonly version: string }
	| {
			/** An archive that the host downloads; the checksum in hexadecimal. */
			readonly kind: 'address';
			readonly address: string;
			readonly name: string;
			readonly version: string;
			readonly checksum: string;
	  }
	| { readonly kind: 'path'; readonly path: string }
	/** An archive on the controller, as base64. */
	| { readonly kind: 'file'; readonly archive: string };

export type ChartArguments = {
	readonly chart?: string | undefined;
	readonly src?: string | undefined;
	readonly version?: string | undefined;
	readonly checksum?: string | undefined;
};

/** An archive behind an address, named as `helm package` names it: its name and its version are known without it. */
export const chartAddress =
	/^https?:\/\/\S+\/(?<name>[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)-(?<version>v?\d+\.\d+\.\d+[^/\s]*)\.tgz$/;

/** The chart that a task names. The schema has seen to it that there is one. */
export async function chartOf(
	{ chart = '', src, version = '', checksum = '' }: ChartArguments,
	local: Local,
): Promise<Chart> {
	if (src !== undefined) {
		const { path } = await local.file(src);
		return { kind: 'file', archive: (await readFile(path)).toString('base64') };
	}

	if (chart.startsWith('/')) {
		return { kind: 'path', path: chart };
	}

	const archive = chartAddress.exec(chart)?.groups;
	if (archive !== undefined) {
		return {
			kind: 'address',
			address: chart,
			name: archive.name ?? '',
			// In an address a plus sign is written so by those who are careful.
			version: (archive.version ?? '').replaceAll(/%2b/gi, '+'),
			checksum: checksum.replace(/^sha256:/, '').toLowerCase(),
		};
	}

	const name = chart.split('/').at(-1) ?? '';
	return chart.startsWith('oci://')
		? { kind: 'registry', address: chart, name, version }
		: { kind: 'repository', repository: chart.split('/')[0] ?? '', name, version };
}

/** How `helm list` writes a chart; undefined: helm has to read it first. */
export const listedAs = (chart: Chart): string | undefined =>
	'version' in chart ? `${chart.name}-${chart.version}` : undefined;

/** Whether what is behind the name and the version can be another chart tomorrow. */
export const mayChange = ({ kind }: Chart): boolean => kind === 'path' || kind === 'file';

/** Words that name it for helm. */
const wordsOf = (chart: Chart): Word => {
	switch (chart.kind) {
		case 'repository':
			return [`${chart.repository}/${chart.name}`, '--version', chart.version];
		case 'registry':
			return [chart.address, '--version', chart.version];
		case 'path':
			return chart.path;
		case 'address':
		case 'file':
			return './chart.tgz';
	}
};

/** Words that look into the list of a repository that is on the host. */
const searching = (repository: string, name: string): Word => [
	...['search', 'repo', '--regexp', `\\v${repository}/${name}\\v`],
];

/** The list of a repository is fetched anew only when the one that is there lacks the version. */
const refreshed = (
	args: ClusterHelm,
	{ repository, name, version }: Chart & { kind: 'repository' },
): Command =>
	any(
		quietly(helmLocal(args, [searching(repository, name), '--version', version, '--fail-on-no-result'])),
		helmLocal(args, ['repo', 'update', repository]),
	);

/** A line about a version that the list on the host still lacks; none when it has it. @throws ReadFailed */
export async function lackOf(args: ClusterHelm, chart: Chart, host: Reader): Promise<readonly string[]> {
	if (chart.kind !== 'repository') {
		return [];
	}

	const { repository, name, version } = chart;
	const words = [searching(repository, name), '--versions', '--devel', '--output', 'json'];
	const { code, stdout } = await host.read(helmLocal(args, words), { ok: [0, 1] });
	const found = code === 0 ? (JSON.parse(stdout) as readonly { readonly version: string }[]) : [];
	const versions = found.map((each) => each.version);
	return versions.includes(version)
		? []
		: [
				`what this host knows of the repository ${repository} has no ${name} ${version}: ${versions.slice(0, 5).join(', ') || 'no version of it'}`,
				'if it has no way to the repository, give the chart as a file: `src`, or a path on the host as `chart`',
			];
}

/** What has to be done on the host so that helm finds the chart. */
export const preparing = (args: ClusterHelm, chart: Chart): readonly Command[] =>
	chart.kind === 'repository' ? [refreshed(args, chart)] : [];

/** helm with this chart and these values, which go to its input; the chart stands after `first`. */
export function withChart(
	args: ClusterHelm,
	chart: Chart,
	values: string | Secret,
	first: Word,
	last: Word,
): Command {
	const command = sh`${[rendering(args, chart, first, last), repositoryWords(args)]}`;
	if (chart.kind === 'address') {
		return sh`sh -c ${`${inOwnFolder} && ${fetching(chart)} && ${command.line}`}`.withInput(values);
	}

	if (chart.kind !== 'file') {
		return command.withInput(values);
	}

	// Both come by one input: its first line are the values, the rest is the archive.
	const text = `${reveal(values)}\n${chart.archive}\n`;
	const script = `${inOwnFolder} && IFS= read -r values && base64 -d >chart.tgz && printf '%s\\n' "$values" | ${command.line}`;
	return sh`sh -c ${script}`.withInput(values instanceof Secret ? new Secret(text) : text);
}

/** The same, leaving nothing on the host of what it fetches for that. */
export function lookingWithChart(
	args: ClusterHelm,
	chart: Chart,
	values: string | Secret,
	first: Word,
	last: Word,
): Command {
	if (mayChange(chart) || chart.kind === 'address') {
		return withChart(args, chart, values, first, last);
	}

	const commands = [
		...(chart.kind === 'repository'
			? [`${helmLocal(args, ['repo', 'update', chart.repository], '.').line} </dev/null >/dev/null`]
			: []),
		sh`${[rendering(args, chart, first, last), repositoryWords(args, '.')]}`.line,
	];
	return sh`sh -c ${[inOwnFolder, ...commands].join(' && ')}`.withInput(values);
}

/** Downloads the archive into the folder, and ends the line when it is not what it has to be. The values wait at the input. */
function fetching({ address, checksum }: Chart & { kind: 'address' }): string {
	const tell = (words: string) => `{ ${sh`echo ${address}`.line}" ${words}" >&2; exit 1; }`;
	const get = `if command -v curl >/dev/null; then ${sh`curl --fail --silent --show-error --location --retry 3 --connect-timeout 20 --speed-limit 1000 --speed-time 60 --output chart.tgz ${address}`.line}
elif command -v wget >/dev/null; then ${sh`wget -q -T 60 -O chart.tgz ${address}`.line}
else ${tell('cannot be downloaded: neither curl nor wget is installed on the host')}; fi`;
	return `{ { ${get}; } </dev/null || ${tell('cannot be downloaded')}; } &&
seen=$(sha256sum <chart.tgz | cut -d' ' -f1) &&
{ [ "$seen" = ${checksum} ] || ${tell(`has the checksum $seen, and it has to be ${checksum}: it was not used`)}; }`;
}

const rendering = (args: ClusterHelm, chart: Chart, first: Word, last: Word): Word =>
	helmWords(args, first, wordsOf(chart), last, '--values', '-');
