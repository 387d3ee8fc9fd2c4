import * as z from 'zod';
import { BadInput } from '../errors.ts';
import type { Vars } from '../vars/vars.ts';
import { hostsOf, type Site, varsOf } from './role.ts';

/** Architectures that releases are made for, as their files are named and as a kernel calls them. */
export const machines = { amd64: 'x86_64', arm64: 'aarch64' } as const;
export type Machine = keyof typeof machines;

/** A file that servers download. */
export type Wanted = {
	/** In the bundle, and below the address of a mirror. */
	readonly path: string;
	/** Where the world has it. */
	readonly address: string;
	/** SHA-256 as the table has it. */
	readonly checksum: string | undefined;
	/** What it is among the files of its row: `sums` has the checksums of the others, `list` names images. */
	readonly kind: string;
	/** Path of the file that has its checksum when the table has none. */
	readonly sums: string | undefined;
};

/** As roles/versions/meta/argument_spec.yml describes it. */
const row = z.object({
	name: z.string(),
	role: z.string(),
	variable: z.string(),
	state: z.string(),
	version: z.string(),
	source: z.string(),
	from: z.string(),
	archives: z.string().optional(),
	files: z.record(z.string(), z.string()),
	names: z.string().optional(),
	checksums: z.record(z.string(), z.string()).default({}),
	needs: z.string().optional(),
});
type Row = z.infer<typeof row>;
const table = z.array(row);
const sums = z.record(z.string(), z.string());
/** Nobody is there: only that there is one is of interest. */
const anyMirror = 'http://mirror.invalid';

/**
 * What the servers of a site download when roles are run for them, from the table of versions and what the inventory says of
 * each host. What goes, and what no host of the inventory is for, is not wanted.
 * @throws BadInput for a version that is no part of a name.
 */
export function wantedBy(site: Site, chosen: readonly Machine[]): readonly Wanted[] {
	const found = new Map<string, Wanted>();
	const nodes = new Set(hostsOf('versions', site).map(({ name }) => name));
	const [first] = hostsOf('versions', site);
	if (first === undefined) {
		return [];
	}

	const rows = table.parse(varsOf('versions', first, { site, facts: {} }).get('versions_table'));
	for (const one of rows) {
		for (const host of hostsOf(one.role, site).filter(({ name }) => nodes.has(name))) {
			for (const machine of chosen) {
				const seen = { site, facts: { arch: machines[machine] } };
				// Without a mirror variables say where the world has it, and with one what a site needs that has no internet.
				const upstream = varsOf(one.role, host, seen, { artifact_mirror: '' });
				const mirrored = varsOf(one.role, host, seen, { artifact_mirror: anyMirror });
				for (const wanted of needed(one, site, mirrored) ? filesOf(one, machine, upstream, mirrored) : []) {
					found.set(wanted.path, wanted);
				}
			}
		}
	}

	return [...found.values()];
}

const given = (vars: Vars, name: string, otherwise: unknown): unknown =>
	vars.has(name) ? vars.get(name) : otherwise;

function needed({ state, needs }: Row, { inventory }: Site, vars: Vars): boolean {
	const list = needs === undefined || inventory === undefined ? [true] : given(vars, needs, []);
	return (
		[state, 'rke2_server_state'].every((name) => given(vars, name, 'present') === 'present') &&
		Array.isArray(list) &&
		list.length > 0
	);
}

function filesOf(one: Row, machine: Machine, upstream: Vars, mirrored: Vars): readonly Wanted[] {
	const version = String(given(upstream, one.variable, one.version));
	const said = String(given(upstream, one.source, one.from));
	const source = said.startsWith('oci://') ? (one.archives ?? said) : said;
	const names = one.names === undefined ? [] : [given(mirrored, one.names, [])].flat().map(String);
	const known = sums.parse(upstream.get('versions_checksum_of'));
	const filled = (pattern: string): readonly string[] => {
		const path = pattern.replaceAll('VERSION', version).replaceAll('MACHINE', machine);
		return path.includes('NAME') ? names.map((name) => path.replaceAll('NAME', name)) : [path];
	};
	const [list] = one.files.sums === undefined ? [] : filled(one.files.sums);
	return Object.entries(one.files).flatMap(([kind, pattern]) =>
		filled(pattern).map((below) => {
			if (!/^[\w.+-]+(\/[\w.+-]+)*$/.test(below) || below.split('/').includes('..')) {
				throw new BadInput(`${one.variable} is "${version}", and ${below} cannot be the name of a file`);
			}

			const own = one.checksums[kind];
			const variable = own === undefined ? '' : String(given(upstream, own, ''));
			const checksum = variable === '' ? (known[below] ?? known[below.split('/').at(-1) ?? '']) : variable;
			return {
				path: `${one.name}/${below}`,
				address: `${source.replace(/\/+$/, '')}/${below.split('/').map(encodeURIComponent).join('/')}`,
				checksum: checksum?.toLowerCase(),
				kind,
				sums: kind === 'sums' || list === undefined ? undefined : `${one.name}/${list}`,
			};
		}),
	);
}
