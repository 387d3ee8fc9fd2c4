import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import type { Local, Reader, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { type ArchiveEntry, refuseEscapes, stripped } from './archive-entry.ts';
import { attributesOf } from './attributes-of.ts';
import { fileArguments } from './file-arguments.ts';
import { ofPlainFile } from './of-plain-file.ts';
import { tarEntries } from './tar-entries.ts';
import { tarEntriesOnHost } from './tar-entries-on-host.ts';

type Unpacked = {
	/** Paths that are missing or differ from the archive, at most 20 of them. */
	readonly different: readonly string[];
	readonly owner?: string | undefined;
	readonly group?: string | undefined;
};

const schema = z
	.strictObject({
		src: z
			.string()
			.regex(
				/^(?!\w+:\/\/)/,
				'bring it with `get_url` first, which verifies it, then unpack it with `remote_src: true`',
			)
			.describe(
				'The tar archive: in `files` of the role or beside the playbook, or on the host with `remote_src`.',
			),
		dest: hostPath().describe('Folder that it is unpacked in; made when missing.'),
		remote_src: z.boolean().default(false).describe('`src` is an absolute path on the host itself.'),
		creates: hostPath()
			.optional()
			.describe('When this exists, the archive counts as unpacked and is not even looked at.'),
		owner: fileArguments.owner,
		group: fileArguments.group,
		extra_opts: z
			.array(z.string().regex(/^--strip-components=\d$/, 'only --strip-components=N is understood'))
			.max(1)
			.default([])
			.describe('`--strip-components=N`: leave out the first N parts of each path.'),
	})
	.refine(({ remote_src, src }) => !remote_src || src.startsWith('/'), {
		error: 'with `remote_src` this must be an absolute path on the host',
		path: ['src'],
	});

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'unarchive',
	summary: 'Unpack a tar archive into a folder.',
	args: schema,
	examples: [
		'unarchive: {src: site.tar.gz, dest: /var/www/site, owner: www-data}',
		'unarchive: {src: /opt/tool.tgz, dest: /opt/tool, remote_src: true, extra_opts: [--strip-components=1], creates: /opt/tool/bin/tool}',
	],

	async current(args, host, local): Promise<Unpacked | undefined> {
		const { dest, creates, owner, group } = args;
		const [folder, creation] = await Promise.all([
			host.stat(dest, { follow: true }),
			creates === undefined ? undefined : host.stat(creates, { follow: true }),
		]);
		if (creation !== undefined) {
			return { different: [], owner, group };
		}

		const entries = await entriesOf(args, host, local);
		if (folder === undefined) {
			return undefined;
		}

		const found = await Promise.all(entries.map(async (entry) => look(entry, args, host)));
		const differing = found.filter(({ same }) => !same).map(({ path }) => path);
		return {
			different: differing.slice(0, 20),
			owner: found.find((entry) => entry.owner !== owner)?.owner ?? owner,
			group: found.find((entry) => entry.group !== group)?.group ?? group,
		};
	},

	desired: ({ owner, group }): Unpacked => ({ different: [], owner, group }),

	create: async (args, _change, local) => [sh`mkdir -p ${args.dest}`, ...(await unpack(args, local))],
	update: async (args, _change, local) => unpack(args, local),
	delete: () => [],
});

async function entriesOf(args: Arguments, host: Reader, local: Local): Promise<readonly ArchiveEntry[]> {
	const all = args.remote_src
		? await tarEntriesOnHost(args.src, host)
		: await tarEntries((await local.file(args.src)).path);
	const entries = stripped(all, Number(args.extra_opts[0]?.split('=')[1] ?? 0));
	refuseEscapes(entries);
	return entries.length === 0 ? impossible(`nothing is in ${args.src}`) : entries;
}

async function look({ path, type, target, sha256 }: ArchiveEntry, wanted: Arguments, host: Reader) {
	const place = `${wanted.dest}/${path}`;
	const status = host.stat(place);
	const [found, hash] = await Promise.all([
		status,
		type === 'file' ? ofPlainFile(host.stat(place, { follow: true }), host.sha256(place)) : undefined,
	]);
	const isSame = {
		file: hash === sha256,
		link: found?.target === target,
		hard: true,
		directory: true,
		other: false,
	};
	const same = found?.type === (type === 'hard' ? 'file' : type) && isSame[type];
	return { path, same, ...(found && attributesOf(found, wanted)) };
}

async function unpack(args: Arguments, local: Local): Promise<readonly Step[]> {
	const { src, dest, remote_src, owner, group, extra_opts } = args;
	const archive = remote_src ? src : `${dest}/.g2pbook-archive`;
	const uploads: readonly Step[] = remote_src
		? []
		: [{ kind: 'upload', path: archive, content: await local.file(src), mode: '0600' }];
	return [
		...uploads,
		{
			kind: 'script',
			text: unpacking,
			arguments: [archive, dest, remote_src ? '' : archive, owner ?? '', group ?? '', ...extra_opts],
		},
	];
}

// Files belong to the wanted owner from the first moment, and never to the numbers that whoever packed them had.
const unpacking = `# unpack
set -eu
archive=$1 dest=$2 remove=$3 owner=$4 group=$5
shift 5
trap '[ -z "$remove" ] || rm -f "$remove"' EXIT
tar --extract --file "$archive" --directory "$dest" --no-same-owner --no-overwrite-dir "$@"
[ -n "$owner$group" ] || exit 0
tar --list --file "$archive" --quoting-style=literal --show-transformed-names "$@" |
	grep -Ev '^(\\./?)?$' | tr '\\n' '\\0' | (cd "$dest" && xargs -0 -r chown -h "$owner\${group:+:$group}" --)
`;
