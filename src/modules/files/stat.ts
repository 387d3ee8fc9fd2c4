import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { hostPath } from '../../module/arguments.ts';
import type { FileStatus } from '../../module/host-state.ts';
import { baseName } from './base-name.ts';
import { ofPlainFile } from './of-plain-file.ts';

export default actionModule({
	name: 'stat',
	summary: 'Look at a file: whether it exists, what it is, who owns it.',
	args: z.strictObject({
		path: hostPath().describe('What to look at.'),
		follow: z.boolean().default(false).describe('Look at what a link points to.'),
		get_checksum: z.boolean().default(true).describe('Hash a file; `false` spares reading a large one.'),
		checksum_algorithm: z.literal('sha256').default('sha256').describe('Only SHA-256.'),
	}),
	freeForm: 'path',
	examples: [
		'stat: {path: /var/lib/g2p/ready}',
		'stat: {path: /opt/app/current, follow: true, get_checksum: false}',
	],
	returns: {
		stat: 'exists, path, mode, isdir, isreg, islnk, uid, gid, pw_name, gr_name, size, mtime, lnk_target, checksum …',
	},
	effect: 'reads',
	async act({ path, follow, get_checksum }, host) {
		const [status, sha256] = await Promise.all([
			host.stat(path, { follow }),
			get_checksum ? ofPlainFile(host.stat(path, { follow: true }), host.sha256(path)) : undefined,
		]);
		const stat =
			status === undefined
				? { exists: false }
				: { ...fieldsOf(path, status), checksum: status.type === 'file' ? sha256 : undefined };
		return { changed: false, result: { stat } };
	},
});

const fieldsOf = (
	path: string,
	{ type, mode, owner, group, uid, gid, size, modified, target }: FileStatus,
) => ({
	exists: true,
	path,
	name: baseName(path),
	mode,
	isdir: type === 'directory',
	isreg: type === 'file',
	islnk: type === 'link',
	isfifo: type === 'fifo',
	issock: type === 'socket',
	isblk: type === 'block',
	ischr: type === 'character',
	uid,
	gid,
	pw_name: owner,
	gr_name: group,
	size,
	mtime: modified,
	lnk_target: target,
	executable: [...mode.slice(1)].some((digit) => Number(digit) % 2 === 1),
});
