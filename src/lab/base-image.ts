import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { UserError } from '../errors.ts';
import type { Distribution } from './distributions.ts';
import { ifThere } from './docker.ts';
import { machineSources } from './machine-apt.ts';

type Tell = (line: string) => void;

/**
 * The name of a bare image of a distribution: one that is here, else from the registry, else made from the
 * packages that this machine can get.
 * @throws UserError with what each way said.
 */
export async function baseImage(docker: Docker, distribution: Distribution, tell: Tell): Promise<string> {
	const { registryImage } = distribution;
	const bootstrapped = `g2pbook-lab/bare-${distribution.name}`;
	for (const name of [registryImage, `${bootstrapped}:latest`]) {
		if ((await ifThere(docker.getImage(name).inspect())) !== undefined) {
			return name;
		}
	}

	const reasons: string[] = [];
	const ways: readonly [string, () => Promise<string>][] = [
		[`pull ${registryImage}`, () => pull(docker, registryImage)],
		[`bootstrap ${distribution.suite}`, () => bootstrap(docker, distribution, bootstrapped)],
	];
	for (const [what, way] of ways) {
		tell(`Base image of ${distribution.name}: ${what} …`);
		try {
			return await way();
		} catch (error) {
			reasons.push(`  ${what}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	throw new UserError(`no base image of ${distribution.name} can be had:\n${reasons.join('\n')}`, {
		hint: `bring one from elsewhere: docker save ${registryImage} there, docker load here; or choose another --image`,
	});
}

async function pull(docker: Docker, name: string): Promise<string> {
	await finished(docker, await docker.pull(name));
	return name;
}

const finished = (docker: Docker, stream: NodeJS.ReadableStream): Promise<void> =>
	new Promise((resolve, reject) => {
		docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
	});

async function bootstrap(docker: Docker, distribution: Distribution, repository: string): Promise<string> {
	const sources = await machineSources(distribution);
	if (sources.length === 0) {
		throw new UserError(`this machine's apt knows no ${distribution.origin} mirror`);
	}

	await ensureMmdebstrap();
	const folder = await mkdtemp(join(tmpdir(), 'g2pbook-bootstrap-'));
	try {
		const archive = join(folder, 'rootfs.tar');
		await execa('mmdebstrap', [
			...['--quiet', '--variant=minbase', `--customize-hook=${withoutThisMachine}`],
			...[distribution.suite, archive, ...sources],
		]);
		const stream = await docker.importImage(archive, { repo: repository, tag: 'latest' });
		await finished(docker, stream);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}

	return `${repository}:latest`;
}

/** mmdebstrap copies the name and the resolver of this machine. */
const withoutThisMachine = 'cd "$1/etc" && rm -f hostname hosts resolv.conf';

async function ensureMmdebstrap(): Promise<void> {
	const { failed } = await execa('mmdebstrap', ['--version'], { reject: false });
	if (!failed) {
		return;
	}

	if (process.getuid?.() !== 0) {
		throw new UserError('mmdebstrap is not installed (sudo apt-get install mmdebstrap)');
	}

	const env = { DEBIAN_FRONTEND: 'noninteractive' };
	await execa('apt-get', ['update', '-q'], { env });
	await execa('apt-get', ['install', '-yq', '--no-install-recommends', 'mmdebstrap'], { env });
}
