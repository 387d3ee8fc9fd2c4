// `npm run bench`: makes a clone ready for measurements, then runs bench/index.ts. No dependencies, since it installs
// them.
import { ensurePrograms } from './programs.mjs';
import { build, installDependencies, orTell, succeeds } from './project.mjs';

const words = process.argv.slice(2);
const parts = [
	...(words.includes('--help') || words.includes('-h') ? [] : [() => orTell(() => ensurePrograms('bench'))]),
	installDependencies,
	build,
	() => succeeds(process.execPath, '--import=tsx', 'bench/index.ts', ...words),
];

// The first that fails has said why.
for (const part of parts) {
	if (!(await part())) {
		process.exitCode = 1;
		break;
	}
}
