import { posix } from 'node:path';
import * as z from 'zod';
import { hostPath, mode, secretText } from '../../module/arguments.ts';
import type { Local, State, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { Secret } from '../../shell/secret.ts';
import { baseName } from './base-name.ts';
import { copyOnHost } from './copy-on-host.ts';
import {
	fromLines,
	localSource,
	remoteSource,
	type Source,
	type SourceFile,
	toLines,
} from './copy-source.ts';
import { putTree, readTree, wantedTree } from './copy-tree.ts';
import { readFileState } from './file-state.ts';
import { putFile } from './put-file.ts';
import { textDetail } from './text-detail.ts';
import { uploadArguments } from './upload-arguments.ts';

const schema = z
	.strictObject({
		src: z
			.string()
			.min(1)
			.optional()
			.describe(
				'File or folder, in the `files` folder of the role or beside the playbook. A folder is copied with everything ' +
					'in it; with / at its end, only what is in it.',
			),
		content: z
			.union([secretText(), z.number(), z.boolean()])
			.transform((value) => (value instanceof Secret ? value : String(value)))
			.optional()
			.describe('The text itself, instead of `src`.'),
		dest: hostPath().describe(
			'Absolute path on the host. In a folder, or with / at its end, the copy gets the name of `src`.',
		),
		...uploadArguments,
		directory_mode: mode().optional().describe('Permissions of folders that a copied folder brings.'),
		remote_src: z.boolean().default(false).describe('`src` is an absolute path on the host itself.'),
		force: z.boolean().default(true).describe('Replace files that differ; `false` only makes missing ones.'),
	})
	.refine(({ src, content }) => (src === undefined) !== (content === undefined), {
		error: 'write either `src` or `content`',
		path: ['src'],
	})
	.refine(({ content, dest }) => content === undefined || !dest.endsWith('/'), {
		error: 'with `content` the path must end with the name of the file',
		path: ['dest'],
	})
	.refine(({ remote_src, src }) => !remote_src || src?.startsWith('/') === true, {
		error: 'with `remote_src` this must be an absolute path on the host',
		path: ['src'],
	});

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'copy',
	summary: 'Copy a file, a folder or a text to the host.',
	args: schema,
	examples: [
		'copy: {src: chrony.conf, dest: /etc/chrony/, mode: "0644"}',
		'copy: {content: "g2p ALL=(ALL) NOPASSWD: ALL\\n", dest: /etc/sudoers.d/g2p, mode: "0440", validate: visudo -cf %s}',
		'copy: {src: site/, dest: /var/www/site, owner: www-data, directory_mode: "0755"}',
		'copy: {src: /etc/app.conf, dest: /etc/app.conf.orig, remote_src: true, force: false}',
	],
	returns: { dest: 'Where the file or folder is.', sha256: 'SHA-256 of the content, for a single file.' },

	async current(args, host, local): Promise<State | undefined> {
		const { src = '', remote_src } = args;
		// Before the source is looked at, which takes a moment: what tasks ask at the same moment travels together.
		const asFile = readFileState(placeFor(args, baseName(src)), baseName(src), args, host);
		asFile.catch(() => undefined);
		const source = remote_src ? await remoteSource(src, host) : await localSource(args, local);
		const found = source.folder ? await readTree(rootOf(args, source), source, args, host) : await asFile;
		// What the host has to be compared with must reach `desired`, which never asks the host.
		return remote_src ? { ...found, source: toLines(source) } : found;
	},

	async desired(args, local, current) {
		const { mode, owner, group, force } = args;
		const source = await sourceOf(args, local, current);
		if (source.folder) {
			return wantedTree(rootOf(args, source), source, args, textsOf(current));
		}

		const replace = force || current?.type === undefined;
		return {
			type: replace ? 'file' : undefined,
			sha256: replace ? source.files[0]?.sha256 : undefined,
			mode,
			owner,
			group,
			source: current?.source,
		};
	},

	async create(args, { after }, local) {
		const source = await sourceOf(args, local, after);
		if (source.folder) {
			const keys = new Set(Object.keys(after).filter((key) => after[key] !== undefined));
			return putTree(rootOf(args, source), source, args, { keys }, put(args));
		}

		const folder = args.dest.endsWith('/') ? [sh`mkdir -p ${args.dest}`] : [];
		return [...folder, ...source.files.flatMap((file) => [...put(args)(placeFor(args, source.name), file)])];
	},

	async update(args, { before, keys }, local) {
		const source = await sourceOf(args, local, before);
		if (source.folder) {
			return putTree(rootOf(args, source), source, args, { before, keys }, put(args));
		}

		if (before.type === 'directory') {
			impossible(
				`${args.dest} is a folder, and a text has no name in it`,
				'write the whole path of the file',
			);
		}

		const isNew = before.type === undefined;
		const folder =
			isNew && args.dest.endsWith('/') && before.path === undefined ? [sh`mkdir -p ${args.dest}`] : [];
		const path = typeof before.path === 'string' ? before.path : placeFor(args, source.name);
		return [
			...folder,
			...source.files.flatMap((file) => [...put(args)(path, file, isNew ? undefined : keys)]),
		];
	},

	delete: () => [],

	async detail(args, change, host, local) {
		const after = change.action === 'delete' ? undefined : change.after;
		const before = change.action === 'update' ? change.before : undefined;
		const source = await sourceOf(args, local, before ?? after);
		const root = rootOf(args, source);
		const single = typeof before?.path === 'string' ? before.path : placeFor(args, source.name);
		const differing = source.files.filter(
			({ relative }) =>
				change.action !== 'update' ||
				change.keys.has(source.folder ? `${root}/${relative} sha256` : 'sha256'),
		);
		return Promise.all(
			differing
				.filter(({ content }) => content !== undefined)
				.map(({ relative, content }) =>
					textDetail(source.folder ? `${root}/${relative}` : single, content, host),
				),
		);
	},

	result: ({ dest }, state) => ({ dest: state?.path ?? dest, sha256: state?.sha256 }),
});

const sourceOf = async (args: Arguments, local: Local, state: State | undefined): Promise<Source> =>
	args.remote_src && Array.isArray(state?.source)
		? fromLines(args.src ?? '', state.source)
		: localSource(args, local);

/** Where a folder goes: what is in it when `src` ends with /, else the folder itself. */
const rootOf = ({ src = '', dest }: Arguments, { name }: Source): string => {
	const place = dest.replace(/\/+$/, '');
	return src.endsWith('/') ? place : `${place}/${name}`;
};

const placeFor = ({ dest }: Arguments, name: string): string => (dest.endsWith('/') ? dest + name : dest);

const put =
	(args: Arguments) =>
	(path: string, { relative, content }: SourceFile, keys?: ReadonlySet<string>): Iterable<Step> =>
		content === undefined
			? copyOnHost(
					relative === '' ? (args.src ?? '') : posix.join(args.src ?? '', relative),
					path,
					args,
					keys,
				)
			: putFile(path, args, content, keys);

const textsOf = (state: State | undefined): Readonly<Record<string, string | undefined>> | undefined =>
	state &&
	Object.fromEntries(
		Object.entries(state).map(([key, value]) => [key, typeof value === 'string' ? value : undefined]),
	);
