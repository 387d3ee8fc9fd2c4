// `npm run quickstart`: from a fresh clone to four hosts that a playbook has set up. What is there already is
// used as it is, so a second run shows what converged hosts cost. No dependencies, since it installs them.
import { ensureDockerEngine } from './docker-engine.mjs';
import { ensurePrograms } from './programs.mjs';
import { build, installDependencies, orTell, root, succeeds } from './project.mjs';

const topology = 'prod-minimum';
const g2pbook = (...words) => succeeds(process.execPath, `${root}dist/main.js`, ...words);

const next = `
What you can do next:
  npm run quickstart                                           again: nothing changes
  node dist/main.js check ${topology}.yml -i inventories/lab   what a run would change
  node dist/main.js lab shell rp1                              look around on a host
  node dist/main.js init ${topology} my-site                   start with servers of yours
  node dist/main.js lab down                                   take the four hosts away
`;

// What RKE2 is downloaded from, and what stands in its place: without it all but the cluster is there.
let cluster = [];

function mirror() {
	if (!succeeds(process.execPath, '--import=tsx', 'scripts/lab-mirror.ts', 'inventories/lab')) {
		process.stdout.write(
			'The cluster is left out for the reason above; mend it and run quickstart again to have it.\n',
		);
		cluster = ['-e', 'rke2_server_state=absent'];
	}

	return true;
}

const responders = () =>
	cluster.length > 0 ||
	succeeds(process.execPath, '--import=tsx', 'scripts/lab-responders.ts', 'inventories/lab');

const parts = [
	['a program is missing', () => orTell(() => ensurePrograms('quickstart'))],
	['the dependencies could not be installed', installDependencies],
	['the build failed', build],
	['there is no Docker engine', () => orTell(ensureDockerEngine)],
	['there is no mirror', mirror],
	['the lab did not come up', () => g2pbook('lab', 'up', '--topology', topology)],
	['nothing answers in the place of pods', responders],
	['there is no key for the secrets of the lab', () => g2pbook('secret', 'init', '-i', 'inventories/lab')],
	['the playbook failed', () => g2pbook('run', `${topology}.yml`, '-i', 'inventories/lab', ...cluster)],
];

let problem;
for (const [whenFailed, part] of parts) {
	if (!(await part())) {
		problem = whenFailed;
		break;
	}
}

if (problem === undefined) {
	process.stdout.write(next);
} else {
	process.stderr.write(
		`\nQuickstart stopped: ${problem}. The reason stands above; run it again when it is gone.\n`,
	);
	process.exitCode = 1;
}
