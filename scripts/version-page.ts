import { Diagnostics } from '../src/diagnostics.ts';
import { table } from '../src/module/describe.ts';
import { readYaml } from '../src/yaml/read.ts';

type Defaults = {
	readonly versions_table: readonly {
		readonly name: string;
		readonly use: string;
		readonly variable: string;
		readonly version: string;
		readonly from: string;
	}[];
	readonly versions_support: readonly {
		readonly name: string;
		readonly minor: string;
		readonly until?: string;
		readonly kubernetes?: readonly string[];
		readonly source: string;
	}[];
	readonly versions_checksums: Readonly<Record<string, string>>;
};

/** `docs/versions.md`, from the defaults of the role `versions`. */
export function versionPage(file: string): string {
	const defaults = readYaml(file, new Diagnostics()) as Defaults;
	return [
		'# Versions',
		'Made by `npm run docs` from the [table of versions](../roles/versions/defaults/main.yml). What is not supported is refused before anything is touched: [versions](../roles/versions/README.md) says how, and how to have it all the same.',
		'## What is installed',
		table(
			['', 'version', 'variable', 'from'],
			defaults.versions_table.map(({ name, use, variable, version, from }) => [
				`${name}: ${use}`,
				version,
				`\`${variable}\``,
				`\`${from}\``,
			]),
		),
		'## What is supported, and until when',
		table(
			['', 'until', 'with Kubernetes', 'says'],
			defaults.versions_support.map(({ name, minor, until = '', kubernetes = [], source }) => [
				`${name} ${minor}`,
				until,
				kubernetes.join(', '),
				source,
			]),
		),
		'## Checksums',
		table(
			['file', 'SHA-256'],
			Object.entries(defaults.versions_checksums).map(([name, sum]) => [name, `\`${sum}\``]),
		),
	]
		.join('\n\n')
		.concat('\n');
}
