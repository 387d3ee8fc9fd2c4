import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'g2pbook', 'bench');

/**
 * A Python environment with these packages in it, newest versions that this Python takes; kept between runs.
 * @returns its folder
 * @throws with what pip said
 */
export function environment(name: string, packages: readonly string[], isFresh: boolean): string {
	const folder = join(cache, name);
	const complete = join(folder, 'complete');
	if (existsSync(complete) && !isFresh) {
		return folder;
	}

	process.stderr.write(`Installing ${packages.join(' and ')} into ${folder}\n`);
	const options: ExecFileSyncOptionsWithStringEncoding = {
		stdio: ['ignore', 'ignore', 'pipe'],
		encoding: 'utf8',
	};
	try {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(cache, { recursive: true });
		execFileSync('python3', ['-m', 'venv', folder], options);
		execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', ...packages], options);
		writeFileSync(complete, '');
		return folder;
	} catch (error) {
		const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
		throw new Error(`could not be installed: ${said.split('\n').at(-1)}`);
	}
}

/** The version of an installed package. */
export const versionOf = (folder: string, name: string): string =>
	execFileSync(
		join(folder, 'bin', 'python'),
		['-c', `from importlib.metadata import version; print(version('${name}'))`],
		{ encoding: 'utf8' },
	).trim();
