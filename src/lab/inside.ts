import { PassThrough } from 'node:stream';
import type { Container } from 'dockerode';
import { UserError } from '../errors.ts';
import type { Output } from '../module/contract.ts';

/** Run a shell line in a container as root, not over SSH: for the lab's own errands and for tests. */
export async function runInside(container: Container, line: string): Promise<Output> {
	const exec = await container.exec({
		Cmd: ['sh', '-c', line],
		AttachStdout: true,
		AttachStderr: true,
		User: 'root',
	});
	const stream = await exec.start({});
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	container.modem.demuxStream(stream, stdout, stderr);
	stream.once('close', () => {
		stdout.end();
		stderr.end();
	});
	const [out, error] = await Promise.all([textOf(stdout), textOf(stderr)]);
	const { ExitCode } = await exec.inspect();
	return { code: ExitCode ?? 255, stdout: out, stderr: error };
}

/**
 * The standard output of a line that must succeed.
 * @throws UserError with what it said.
 */
export async function outputInside(container: Container, line: string): Promise<string> {
	const { code, stdout, stderr } = await runInside(container, line);
	if (code !== 0) {
		throw new UserError(
			`\`${line}\` in container ${container.id} ended with code ${code}:\n${stderr || stdout}`,
		);
	}

	return stdout;
}

async function textOf(stream: PassThrough): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of stream) {
		parts.push(Buffer.from(part));
	}

	return Buffer.concat(parts).toString();
}
