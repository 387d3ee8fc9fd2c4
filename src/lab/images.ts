import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { UserError } from '../errors.ts';
import { baseImage } from './base-image.ts';
import type { Distribution } from './distributions.ts';
import { ifThere, statusOf } from './docker.ts';
import { machineAptSettings } from './machine-apt.ts';
import { imageTag, recipe } from './recipe.ts';

type Tell = (line: string) => void;

/** A build that has stopped for so long was abandoned, not about to be finished. Seconds. */
const abandonedAfter = 60;

/**
 * The image for the hosts of a lab, made when there is none yet for the present recipe. Two processes that want
 * it at once make it once: the name of the container that builds it is the lock.
 * @throws UserError when it cannot be made.
 */
export async function ensureImage(docker: Docker, distribution: Distribution, tell: Tell): Promise<string> {
	const script = recipe(await machineAptSettings());
	const tag = imageTag(distribution, script);
	let waiting = false;
	while ((await ifThere(docker.getImage(tag).inspect())) === undefined) {
		const base = await baseImage(docker, distribution, tell);
		const builder = await claim(docker, tag, base, script);
		if (builder !== undefined) {
			await build(builder, tag, tell);
			return tag;
		}

		if (!waiting) {
			tell(`Image ${tag}: another process is building it, waiting …`);
			waiting = true;
		}

		await sleep(500);
	}

	return tag;
}

/** The container that builds, or undefined when another process has it. */
async function claim(
	docker: Docker,
	tag: string,
	base: string,
	script: string,
): Promise<Container | undefined> {
	const name = `g2pbook-build-${tag.replace(/[^a-z0-9.]+/g, '-')}`;
	try {
		return await docker.createContainer({ name, Image: base, Cmd: ['sh', '-c', script] });
	} catch (error) {
		if (statusOf(error) !== 409) {
			throw error;
		}
	}

	const other = docker.getContainer(name);
	const seen = await ifThere(other.inspect());
	const stopped =
		seen && !seen.State.Running ? Math.max(Date.parse(seen.Created), Date.parse(seen.State.FinishedAt)) : 0;
	if (stopped > 0 && Date.now() - stopped > abandonedAfter * 1000) {
		await ifThere(other.remove({ force: true }));
	}

	return undefined;
}

async function build(builder: Container, tag: string, tell: Tell): Promise<void> {
	const started = Date.now();
	tell(`Image ${tag}: installing and downloading packages …`);
	try {
		await builder.start();
		const { StatusCode: code } = await builder.wait();
		if (code !== 0) {
			const log = await builder.logs({ stdout: true, stderr: true, tail: 15 });
			throw new UserError(`image ${tag} cannot be built:\n${printable(log)}`, {
				hint: 'its packages come over the network of containers: see whether `apt-get update` works in one',
			});
		}

		const [repo, version] = tag.split(':');
		await builder.commit({ repo, tag: version, changes: 'CMD ["/lib/systemd/systemd"]' });
		tell(`Image ${tag}: ready after ${Math.round((Date.now() - started) / 1000)} s`);
	} finally {
		await ifThere(builder.remove({ force: true }));
	}
}

/** Docker puts eight bytes before each piece of a log. */
function printable(log: Buffer): string {
	const parts: Buffer[] = [];
	for (let at = 0; at + 8 <= log.length; ) {
		const end = at + 8 + log.readUInt32BE(at + 4);
		parts.push(log.subarray(at + 8, end));
		at = end;
	}

	return Buffer.concat(parts).toString().trimEnd();
}
