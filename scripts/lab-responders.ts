// `tsx scripts/lab-responders.ts FOLDER`: what stands for the pods of the gateway, Keycloak, Grafana and Loki, on the first server of the
// cluster in the lab whose inventory is in FOLDER. Pods of the fixture are simulated: what they would answer, these do
// (test/fixtures/kube/README.md).
import { resolve } from 'node:path';
import { UserError } from '../src/errors.ts';
import { openDocker } from '../src/lab/docker.ts';
import { outputInside } from '../src/lab/inside.ts';
import { labId } from '../src/lab/lab.ts';
import { labels, ofLab } from '../src/lab/labels.ts';
import { startResponders } from '../test/fixtures/kube/responders.ts';

const folder = resolve(process.argv[2] ?? 'inventories/lab');
const server = 'compute1';
try {
	const docker = await openDocker();
	const label = [...ofLab(labId(folder)).label, `${labels.host}=${server}`];
	const [found] = await docker.listContainers({ filters: { label } });
	if (found === undefined) {
		throw new UserError(`the lab of ${folder} has no host ${server}`, { hint: 'bring it up first' });
	}

	const output = (_host: string, line: string) => outputInside(docker.getContainer(found.Id), line);
	await startResponders({ output }, server, 'gateway', 'keycloak', 'monitoring', 'loki');
} catch (error) {
	if (!(error instanceof UserError)) {
		throw error;
	}

	process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
	process.exitCode = 1;
}
