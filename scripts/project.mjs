// What `npm test`, `npm run bench` and `npm run quickstart` have in common: a clone is made ready to run. No dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SetupError } from './apt.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Run a program in the project's folder, its output shown. @returns whether it succeeded. */
export const succeeds = (program, ...words) =>
	spawnSync(program, words, { cwd: root, stdio: 'inherit' }).status === 0;

/** Make sure of something. @returns whether that worked; if not, why has been said. */
export async function orTell(ensure) {
	try {
		await ensure();
		return true;
	} catch (error) {
		process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
		return false;
	}
}

/** The path of a program that comes with a dependency. */
export const dependency = (path) => `${root}node_modules/${path}`;

/** Install the dependencies when there are none, or others than the lock file names. @returns whether it worked. */
export function installDependencies() {
	const installed = dependency('.package-lock.json');
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs) {
		return true;
	}

	process.stdout.write('Installing dependencies (npm ci) …\n');
	return succeeds('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
}

/** Build `dist/` when a source is newer. @returns whether it is there. */
export function build() {
	const built = `${root}dist/main.js`;
	const sources = readdirSync(`${root}src`, { recursive: true }).map((path) => `${root}src/${path}`);
	const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
	return (
		(existsSync(built) && statSync(built).mtimeMs > newest) || succeeds(process.execPath, 'scripts/build.mjs')
	);
}
