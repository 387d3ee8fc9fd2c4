import type Docker from 'dockerode';
import { execa } from 'execa';
import { didYouMean } from '../diagnostics.ts';
import { BadInput, UserError } from '../errors.ts';
import { keyPath, knownHostsPath } from './inventory-folder.ts';
import { labs } from './status.ts';

/**
 * A login shell on a host of a lab, or one command there, over the ssh that its inventory describes.
 * @returns the exit code of ssh.
 * @throws BadInput when there is no such lab or host; UserError without an ssh program.
 */
export async function labShell(
	docker: Docker,
	id: string,
	host: string,
	command: readonly string[],
): Promise<number> {
	const lab = (await labs(docker)).find((one) => one.id === id);
	if (lab === undefined || lab.hosts.length === 0) {
		throw new BadInput('this lab is not up', { hint: 'g2pbook lab up --topology prod-minimum' });
	}

	const found = lab.hosts.find(({ name }) => name === host);
	if (found === undefined) {
		const names = lab.hosts.map(({ name }) => name);
		throw new BadInput(`the lab has no host "${host}"`, {
			hint: didYouMean(host, names) ?? `it has ${names.join(', ')}`,
		});
	}

	const words = [
		...['-F', 'none', '-i', keyPath(lab.folder), '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR'],
		...['-o', `UserKnownHostsFile="${knownHostsPath(lab.folder)}"`, '-o', 'StrictHostKeyChecking=yes'],
		`admin@${found.address}`,
		...command,
	];
	const { exitCode, failed, message } = await execa('ssh', words, { stdio: 'inherit', reject: false });
	if (exitCode === undefined && failed) {
		throw new UserError(`ssh could not be started: ${message}`, { hint: 'install openssh-client' });
	}

	return exitCode ?? 0;
}
