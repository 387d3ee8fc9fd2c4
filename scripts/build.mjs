// `npm run build`: src/ → dist/, with nothing left of files that are gone.
import { spawnSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// Beside dist/ until it is complete: a build that fails leaves the last good one in place.
const fresh = `.build-${process.pid}`;
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
try {
	const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
		stdio: 'inherit',
	});
	if (status !== 0) {
		process.stderr.write('The build failed: see above. dist/ is as it was.\n');
		process.exitCode = status ?? 1;
	} else {
		chmodSync(`${fresh}/main.js`, 0o755);
		rmSync('dist', { recursive: true, force: true });
		renameSync(fresh, 'dist');
	}
} finally {
	rmSync(fresh, { recursive: true, force: true });
}
