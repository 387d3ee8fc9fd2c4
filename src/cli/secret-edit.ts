import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadInput } from '../errors.ts';
import { findKeys } from '../secrets/age.ts';
import { SecretFile } from '../secrets/secret-file.ts';
import { withLock } from '../secrets/shared-file.ts';
import type { StoreFlags } from './flags.ts';
import { folderOf } from './secret-store.ts';
import { openTerminal } from './terminal.ts';

const welcome = '# One secret per line: NAME: VALUE. It is encrypted when you save and leave.\n';

/** Open the store in the person's editor. Nobody else can change it meanwhile. */
export async function editStore(flags: StoreFlags): Promise<void> {
	const file = new SecretFile(
		await folderOf(flags),
		await findKeys({ identityFile: flags.identity, env: process.env }),
	);
	await file.recipients();
	await withLock(file.path, async () => {
		const before = (await file.text()) ?? '{}\n';
		const after = await edited(before.trim() === '{}' ? welcome : before, file);
		if (after === before || after === welcome) {
			process.stdout.write('nothing changed\n');
			return;
		}

		await file.write(file.document(after));
		process.stdout.write(`stored ${file.path}\n`);
	});
}

/** The text after editing, valid. In memory where there is a file system for that, and gone afterwards. */
async function edited(text: string, file: SecretFile): Promise<string> {
	const folder = await mkdtemp(join(await memoryFolder(), 'g2pbook-'));
	const path = join(folder, 'secrets.yml');
	const clean = () => rm(folder, { recursive: true, force: true });
	// Ctrl-C in the editor is the editor's; it must not leave the secrets behind.
	const ignore = (): void => {};
	const end = (signal: NodeJS.Signals): void => {
		void clean().finally(() => process.off(signal, end).kill(process.pid, signal));
	};
	process.on('SIGINT', ignore).on('SIGTERM', end).on('SIGHUP', end);
	try {
		await writeFile(path, text, { mode: 0o600, flag: 'wx' });
		for (;;) {
			await runEditor(path);
			const result = await readFile(path, 'utf8');
			try {
				file.document(result);
				return result;
			} catch (error) {
				if (!(error instanceof BadInput) || !process.stdin.isTTY) {
					throw error;
				}

				process.stderr.write(`${error.message}\n`);
				await openTerminal({ pause: ignore, resume: ignore }).ask('Press Enter to edit again. ', true);
			}
		}
	} finally {
		process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end);
		await clean();
	}
}

async function memoryFolder(): Promise<string> {
	const shared = '/dev/shm';
	const isThere = await access(shared, constants.W_OK).then(
		() => true,
		() => false,
	);
	return isThere ? shared : tmpdir();
}

// $EDITOR may hold arguments ("code --wait"), as git and crontab allow.
async function runEditor(path: string): Promise<void> {
	const editor = process.env.VISUAL || process.env.EDITOR || 'vi';
	const code = await new Promise<number | null>((resolve, reject) => {
		spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' })
			.on('close', resolve)
			.on('error', reject);
	});
	if (code !== 0) {
		throw new BadInput(`the editor "${editor}" ended with code ${code}; nothing was stored`, {
			hint: 'set EDITOR to one that you have',
		});
	}
}
