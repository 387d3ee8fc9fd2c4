// `tsx scripts/lab-mirror.ts FOLDER`: a mirror of releases on the network of the lab whose inventory is to be in FOLDER, for
// roles that download them. Before `lab up`, which then writes the mirror's address into the inventory. What it serves is the
// fixture of tests (test/fixtures/kube/README.md), built at the first time: minutes, told as they pass.
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
const marks = { [labels.lab]: id, [labels.folder]: folder };
try {
	const { subnet } = await ensureNetwork(await openDocker(), id, marks);
	await startMirror({ id, subnet }, [firstRelease], (line) => process.stdout.write(`${line}\n`), marks);
} catch (error) {
	if (!(error instanceof UserError)) {
		throw error;
	}

	process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
	process.exitCode = 1;
}
