// `tsx scripts/lab-mirror.ts FOLDER`: a mirror of releases on the network of the lab whose inventory is to be in FOLDER, for
// roles that download them. Before `lab up`, which then writes the mirror's address into the inventory. What it serves is the
// fixture of tests (test/fixtures/kube/README.md), built at the first time: minutes, told as they pass. That there is an
// environment goes into the inventory, too.
import { resolve } from 'node:path';
import { UserError } from '../src/errors.ts';
import { openDocker } from '../src/lab/docker.ts';
import { labId } from '../src/lab/lab.ts';
import { labels } from '../src/lab/labels.ts';
import { ensureNetwork } from '../src/lab/network.ts';
import { startMirror } from '../test/fixtures/kube/mirror.ts';
import { firstRelease } from '../test/fixtures/kube/releases.ts';

const folder = resolve(process.argv[2] ?? 'inventories/lab');
const id = labId(folder);
// Below the domain that the roles take where the inventory names none; no DNS of the world has it.
const environments = [{ name: 'pilot', domain: 'pilot.openg2p.example' }];
const marks = { [labels.lab]: id, [labels.folder]: folder };
try {
	const { subnet } = await ensureNetwork(await openDocker(), id, marks);
	const tell = (line: string) => process.stdout.write(`${line}\n`);
	await startMirror({ id, subnet }, [firstRelease], tell, marks, { commons_env_environments: environments });
} catch (error) {
	if (!(error instanceof UserError)) {
		throw error;
	}

	process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
	process.exitCode = 1;
}
