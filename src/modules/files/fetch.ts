import { constants, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import { hostPath } from '../../module/arguments.ts';
import type { Run } from '../../module/contract.ts';
import { localSha256 } from './local-sha256.ts';
import { sha256Of } from './sha256-of.ts';

export default actionModule({
	name: 'fetch',
	summary: 'Bring a file of the host to the controller, readable for you alone.',
	args: z.strictObject({
		src: hostPath().describe('The file on the host.'),
		dest: z
			.string()
			.min(1)
			.describe(
				'Folder on the controller, relative to the playbook: the file gets the path DEST/HOST/PATH in it. With ' +
					'`flat`, the path of the file itself, or a folder when it ends with /.',
			),
		flat: z
			.boolean()
			.default(false)
			.describe('Do not put the host and the path of the file into its new path.'),
		fail_on_missing: z.boolean().default(true).describe('A missing file is a failure.'),
		backup: z
			.boolean()
			.default(false)
			.describe('Keep a file that is there with other content beside the new one, with a time in its name.'),
	}),
	examples: [
		'fetch: {src: /etc/wireguard/public.key, dest: keys}',
		'fetch: {src: /root/.kube/config, dest: kubeconfig/, flat: true, fail_on_missing: false}',
	],
	returns: {
		dest: 'Absolute path on the controller.',
		checksum: 'SHA-256 of the file.',
		file: 'The path on the host.',
		backup_file: 'Where the file that was there is now, if `backup` has kept one.',
	},
	effect: 'changes',
	async act({ src, dest, flat, fail_on_missing, backup }, host, run) {
		const sha256 = await host.sha256(src);
		if (sha256 === undefined) {
			if (fail_on_missing) {
				throw new TaskFailed(`there is no file ${src} on ${host.name}`);
			}

			return { changed: false, message: `there is no file ${src}`, result: { file: src } };
		}

		const path = placeFor({ src, dest, flat, host: host.name }, run);
		const result = { dest: path, checksum: sha256, file: src };
		const before = await localSha256(path);
		if (before === sha256) {
			return { changed: false, result };
		}

		const content = await host.content(src);
		if (content === undefined || sha256Of(content) !== sha256) {
			throw new TaskFailed(`${src} changed while it was fetched`, { hint: 'run again' });
		}

		await mkdir(dirname(path), { recursive: true });
		const kept = backup && before !== undefined ? await keep(path) : undefined;
		// It may be a secret: who wants to share it can.
		await writeFile(`${path}.g2pbook-new`, content, { mode: 0o600 });
		await rename(`${path}.g2pbook-new`, path);
		return kept === undefined
			? { changed: true, result }
			: {
					changed: true,
					message: `another file was at ${path}; it is kept as ${kept}`,
					result: { ...result, backup_file: kept },
				};
	},
});

/** Copy a file beside itself, with the time in its name. */
async function keep(path: string): Promise<string> {
	const copy = `${path}.${new Date().toISOString().replace(/[-:]/g, '')}.bak`;
	await copyFile(path, copy, constants.COPYFILE_EXCL);
	return copy;
}

type Place = { readonly src: string; readonly dest: string; readonly flat: boolean; readonly host: string };

/** Where the file belongs. @throws TaskFailed when a name in it leads out of the folder. */
function placeFor({ src, dest, flat, host }: Place, run: Run): string {
	const folder = resolve(String(run.variable('playbook_dir')), dest);
	if (flat) {
		return dest.endsWith('/') ? resolve(folder, basename(src)) : folder;
	}

	const path = resolve(folder, host, `.${src}`);
	// Not even into the folder of another host.
	if (!path.startsWith(resolve(folder, host) + sep) || /^\.*$|\//.test(host)) {
		throw new TaskFailed(`${src} of ${host} would be written outside of ${resolve(folder, host)}`, {
			hint: 'write the path without ".."',
		});
	}

	return path;
}
