import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { baseName } from './base-name.ts';
import { type FileState, fileWith, readFileState } from './file-state.ts';
import { putFile } from './put-file.ts';
import { textDetail } from './text-detail.ts';
import { uploadArguments } from './upload-arguments.ts';

export default stateModule({
	name: 'template',
	summary: 'Render a template into a file.',
	args: z.strictObject({
		src: z
			.string()
			.min(1)
			.describe('Mustache template, in the `templates` folder of the role or beside the playbook.'),
		dest: hostPath().describe(
			'Absolute path on the host. In a folder, or with / at its end, the file gets the name of `src`.',
		),
		...uploadArguments,
		force: z
			.boolean()
			.default(true)
			.describe('Replace a file that differs; `false` only makes a missing one.'),
	}),
	examples: [
		'template: {src: chrony.conf, dest: /etc/chrony/chrony.conf, mode: "0644"}',
		'template: {src: sudoers, dest: /etc/sudoers.d/g2p, mode: "0440", validate: visudo -cf %s}',
	],
	returns: { dest: 'Where the file is.', sha256: 'SHA-256 of its content.' },

	async current(args, host): Promise<FileState | undefined> {
		return readFileState(placeFor(args), baseName(args.src), args, host);
	},

	async desired(args, local, current) {
		const wanted = fileWith(await local.template(args.src), args);
		return args.force || current?.sha256 === undefined ? wanted : { ...wanted, sha256: undefined };
	},

	async create(args, _change, local) {
		const folder = args.dest.endsWith('/') ? [sh`mkdir -p ${args.dest}`] : [];
		return [...folder, ...putFile(placeFor(args), args, await local.template(args.src))];
	},

	update: async (args, { before, keys }, local) =>
		putFile(
			before.path ?? args.dest,
			args,
			await local.template(args.src),
			before.type === undefined ? undefined : keys,
		),

	delete: () => [],

	async detail(args, change, host, local) {
		const path = change.action === 'update' ? (change.before.path ?? args.dest) : placeFor(args);
		return change.action === 'update' && !change.keys.has('sha256')
			? []
			: [await textDetail(path, await local.template(args.src), host)];
	},

	result: (args, state) => ({ dest: state?.path ?? placeFor(args), sha256: state?.sha256 }),
});

const placeFor = ({ dest, src }: { readonly dest: string; readonly src: string }): string =>
	dest.endsWith('/') ? dest + baseName(src) : dest;
