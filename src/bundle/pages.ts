import type { PackageList } from './packages.ts';
import type { Wanted } from './wanted.ts';

// What the people read who carry the folder to where there is no internet.

/** `README.md` of a bundle. */
export function bundlePage(files: readonly Wanted[], trusted: readonly Wanted[]): string {
	const rows = files.map(({ path, address }) => `| \`${path}\` | ${address} |`);
	return `# What g2pbook installs, for a site without internet

Made by \`g2pbook bundle\`. It is whole when there is a \`bundle.json\`, which is written last.

## After it was carried

\`\`\`sh
sha256sum --check --quiet SHA256SUMS
\`\`\`

## Serve it

Any server of files does, by http in a network that is yours: roles compare what they download with checksums of their own.

\`\`\`sh
python3 -m http.server 8080 --directory .      # for a day
\`\`\`

\`\`\`nginx
server {
    listen 8080;
    root /srv/g2pbook;     # this folder
}
\`\`\`

In the inventory, with the address as servers reach it:

\`\`\`yaml
artifact_mirror: http://mirror.example.org:8080
\`\`\`

## Images

\`images.txt\` names what the charts and RKE2 run; RKE2's own come as archives with the release. For the others a registry of
yours is needed: \`rke2_server_registries\` leads there. In docs/offline.md of g2pbook it is said how to fill one.

## Packages

\`packages/\` has a list for each distribution, and a README on how to mirror them.
${
	trusted.length === 0
		? ''
		: `
## What nobody could prove

The table of versions has no checksum of these lists. They were taken as they came, and prove the files beside them: compare them
with their publisher's by another way when that matters.

${trusted.map(({ path, address }) => `- \`${path}\`, from ${address}`).join('\n')}
`
}
## Files

| | from |
| --- | --- |
${rows.join('\n')}
`;
}

/** `images.txt`: one name a line; lines with # say where it was read. */
export function imagesPage(images: ReadonlyMap<string, readonly string[]>): string {
	const seen = new Set<string>();
	const parts = [...images].map(([path, names]) => {
		const fresh = names.filter((name) => !seen.has(name));
		for (const name of fresh) {
			seen.add(name);
		}

		return [`# ${path}${names.length === 0 ? ': its values name none' : ''}`, ...fresh].join('\n');
	});
	return `# Images by who names them, one a line, with digests where they have one. Of charts those in their default values; what a
# chart puts together in its templates is not here: "helm template" shows it, and Rancher's releases have rancher-images.txt.
${parts.join('\n')}
`;
}

/** `packages/README.md`. */
export function packagesPage(lists: readonly PackageList[]): string {
	const example = lists[0]?.platform ?? 'debian-12';
	return `# Packages

${lists.map(({ platform }) => `- \`${platform}.txt\``).join('\n')}

Each has what roles install by name on that distribution; what these need themselves, apt finds. Servers take packages from
where \`/etc/apt/sources.list.d\` says, which g2pbook leaves alone: point it to a mirror of yours. Two ways to have one:

- A mirror of the distribution (\`apt-mirror\`, \`debmirror\`, \`aptly\`), with its security updates: the better way.
- Only these, from a machine with the same distribution and internet:

\`\`\`sh
mkdir -p archives/partial
apt-get update
# As if nothing was installed, so that what they need comes along.
apt-get install --download-only -y -o Dir::State::status=/dev/null -o Dir::Cache::archives="$PWD/archives" $(grep -v '^#' ${example}.txt)
cd archives && apt-ftparchive packages . > Packages     # package apt-utils
\`\`\`

and on each server \`deb [trusted=yes] http://mirror.example.org:8080/packages/archives ./\` as its source.

With \`postgres_native_version\` packages of PostgreSQL come from a repository of their own. With \`artifact_mirror\` it is
\`ADDRESS/packages/pgdg\`, and its key \`ADDRESS/packages/ACCC4CF8.asc\` (from https://www.postgresql.org/media/keys/ACCC4CF8.asc):
put a mirror of https://apt.postgresql.org/pub/repos/apt there, or set \`postgres_native_repository\`.
`;
}

/** `packages/PLATFORM.txt`: one name a line. */
export const packagePage = ({ platform, packages, unknown }: PackageList): string =>
	[
		`# What roles of g2pbook install on ${platform}.`,
		...unknown.map((gap) => `# Not known without a host: ${gap}`),
		...packages.keys(),
		'',
	].join('\n');
