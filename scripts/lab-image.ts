// Makes the image of a distribution, `tsx scripts/lab-image.ts NAME`: once, before several test files want it.
import { distributionNamed } from '../src/lab/distributions.ts';
import { openDocker } from '../src/lab/docker.ts';
import { ensureImage } from '../src/lab/images.ts';

const [name = 'debian-12'] = process.argv.slice(2);
await ensureImage(await openDocker(), distributionNamed(name), (line) => process.stdout.write(`${line}\n`));
