import { readFile as readLocalFile } from 'node:fs/promises';
import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import type { Local, Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { linesOf } from '../lib/lines.ts';
import { patternArgument, pythonPattern } from '../lib/python-pattern.ts';
import { assembleText, type Fragment } from './assemble-text.ts';
import { baseName } from './base-name.ts';
import { type FileState, fileWith, readFile } from './file-state.ts';
import { putFile } from './put-file.ts';
import { textDetail } from './text-detail.ts';
import { uploadArguments } from './upload-arguments.ts';

const schema = z
	.strictObject({
		src: z.string().min(1).describe('Folder of the fragments; on the host unless `remote_src` is false.'),
		dest: hostPath().describe('The file that they make, on the host.'),
		remote_src: z
			.boolean()
			.default(true)
			.describe('`false`: the folder lies in `files` of the role or beside the playbook.'),
		delimiter: z.string().optional().describe('A line between the fragments.'),
		regexp: patternArgument().optional().describe('Only fragments whose names this matches.'),
		ignore_hidden: z.boolean().default(false).describe('Leave out fragments whose names begin with a dot.'),
		...uploadArguments,
	})
	.refine(({ remote_src, src }) => !remote_src || src.startsWith('/'), {
		error: 'with `remote_src` this must be an absolute path on the host',
		path: ['src'],
	});

type Arguments = z.output<typeof schema>;

/** `assembled` is what fragments on the host make: only `current` meets the host. */
type AssembledState = FileState & { readonly assembled?: string | undefined };

export default stateModule({
	name: 'assemble',
	summary: 'Make a file of fragments that lie in a folder.',
	args: schema,
	examples: [
		'assemble: {src: /etc/haproxy/conf.d, dest: /etc/haproxy/haproxy.cfg, validate: haproxy -c -f %s}',
		'assemble: {src: motd, dest: /etc/motd, remote_src: false, delimiter: "---"}',
	],

	async current(args, host): Promise<AssembledState | undefined> {
		const [file, fragments] = await Promise.all([
			readFile(args.dest, args, host),
			args.remote_src ? fragmentsOnHost(args, host) : undefined,
		]);
		return fragments === undefined ? file : { ...file, assembled: assembleText(fragments, args.delimiter) };
	},

	async desired(args, local, current): Promise<AssembledState> {
		return { ...fileWith(await textOf(args, local, current), args), assembled: current?.assembled };
	},

	create: async (args, _change, local) => putFile(args.dest, args, await textOf(args, local, undefined)),

	update: async (args, { before, keys }, local) =>
		putFile(args.dest, args, await textOf(args, local, before), before.type === undefined ? undefined : keys),

	delete: () => [],

	detail: async (args, change, host, local) =>
		change.action === 'update' && !change.keys.has('sha256')
			? []
			: [
					await textDetail(
						args.dest,
						await textOf(args, local, change.action === 'update' ? change.before : undefined),
						host,
					),
				],
});

async function textOf(args: Arguments, local: Local, state: AssembledState | undefined): Promise<string> {
	if (state?.assembled !== undefined) {
		return state.assembled;
	}

	const folder = await local.folder(args.src);
	if (folder === undefined) {
		return impossible(`${args.src} is no folder on the controller`);
	}

	const wanted = folder.files.filter(({ relative }) => !relative.includes('/') && isWanted(relative, args));
	const fragments = await Promise.all(
		wanted.map(async ({ relative, file }) => ({
			name: relative,
			text: await readLocalFile(file.path, 'utf8'),
		})),
	);
	return assembleText(fragments, args.delimiter);
}

async function fragmentsOnHost(args: Arguments, host: Reader): Promise<readonly Fragment[]> {
	const { stdout } = await host.read(sh`find ${`${args.src}/`} -maxdepth 1 -type f`);
	const paths = linesOf(stdout).filter((path) => isWanted(baseName(path), args));
	return Promise.all(
		paths.map(async (path) => ({ name: baseName(path), text: (await host.content(path))?.toString() ?? '' })),
	);
}

const isWanted = (name: string, { regexp, ignore_hidden }: Arguments): boolean =>
	(regexp === undefined || pythonPattern(regexp).test(name)) && !(ignore_hidden && name.startsWith('.'));
