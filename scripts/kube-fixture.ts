// Builds the Kubernetes fixture as tests in containers want it, or finds it in the cache: `tsx scripts/kube-fixture.ts`. Once and
// before them, since the first time takes minutes; `--long` builds what long tests want, too.
import { helmFolder, releaseFolder } from '../test/fixtures/kube/build.ts';
import { firstRelease, nextMinor, nextPatch } from '../test/fixtures/kube/releases.ts';

const tell = (line: string) => process.stdout.write(`${line}\n`);
const releases = [firstRelease, nextPatch, ...(process.argv.includes('--long') ? [nextMinor] : [])];
for (const release of releases) {
	await releaseFolder(release, tell);
}

await helmFolder(tell);
