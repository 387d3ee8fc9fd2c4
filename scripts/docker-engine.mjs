// Makes sure that a Docker engine answers: installs and starts one where that can be done. No dependencies, so
// that it runs before `npm ci`. `node scripts/docker-engine.mjs`, or import `ensureDockerEngine`.
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { capture, has, install, isRoot, SetupError, tail } from './apt.mjs';
import { giveDockerFolder } from './docker-folder.mjs';
import { orTell } from './project.mjs';

const logFile = '/var/log/g2pbook-dockerd.log';
const secondsToStart = 60;

/**
 * undefined when the engine answers, else why not. Asked at its socket as the lab asks, so that a machine needs no
 * `docker` program to use an engine; one that is elsewhere is left to that program.
 */
async function whyNoAnswer() {
	const [, socketPath] =
		(process.env.DOCKER_HOST || 'unix:///var/run/docker.sock').match(/^unix:\/\/(.+)$/) ?? [];
	if (socketPath !== undefined) {
		return await new Promise((resolve) => {
			const request = get({ socketPath, path: '/_ping', timeout: 30_000 }, (response) => {
				response.resume();
				resolve(response.statusCode === 200 ? undefined : `${socketPath} answers ${response.statusCode}`);
			});
			request.once('timeout', () => request.destroy(new Error(`${socketPath} does not answer`)));
			request.once('error', (error) => resolve(error.message));
		});
	}

	const { status, stderr, error } = capture('docker', 'version', '--format', '{{.Server.Version}}');
	if (error?.code === 'ENOENT') {
		return 'the docker program is not installed';
	}

	return status === 0 ? undefined : stderr.trim() || `docker version ended with code ${status}`;
}

/**
 * Resolves when an engine answers.
 * @throws SetupError that says what to do.
 */
export async function ensureDockerEngine(tell = (line) => process.stderr.write(`${line}\n`)) {
	const reason = await whyNoAnswer();
	if (reason === undefined) {
		return;
	}

	if (process.env.DOCKER_HOST) {
		throw new SetupError(
			`the Docker engine at DOCKER_HOST=${process.env.DOCKER_HOST} does not answer: ${reason}`,
			'start it there, or unset DOCKER_HOST to use one on this machine',
		);
	}

	if (/EACCES|permission denied/i.test(reason)) {
		throw new SetupError(
			'this user may not talk to the Docker engine',
			'sudo usermod -aG docker "$USER", log in again, and repeat',
		);
	}

	if (!isRoot()) {
		throw new SetupError(
			`no Docker engine answers (${reason})`,
			'start it (sudo systemctl start docker), or run this once as root: sudo node scripts/docker-engine.mjs',
		);
	}

	installEngine(tell);
	await start(tell);
}

function installEngine(tell) {
	if (['dockerd', 'docker', 'iptables'].every(has)) {
		return;
	}

	if (!has('apt-get')) {
		throw new SetupError(
			'Docker is not installed, and this system has no apt-get to install it with',
			'install Docker 20.10 or newer (https://docs.docker.com/engine/install/) and repeat',
		);
	}

	tell('Installing the Docker engine (docker.io, iptables) …');
	install(() => {
		// From Debian 13 on the client is a package of its own.
		const client = capture('apt-cache', 'show', 'docker-cli').status === 0 ? ['docker-cli'] : [];
		return [
			...(has('dockerd') ? [] : ['docker.io']),
			...(has('docker') ? [] : ['docker.io', ...client]),
			...(has('iptables') ? [] : ['iptables']),
		];
	});
}

async function start(tell) {
	if ((await whyNoAnswer()) === undefined) {
		return; // Installing it has started it.
	}

	let ended;
	if (existsSync('/run/systemd/system')) {
		tell('Starting the Docker engine (systemctl start docker) …');
		capture('systemctl', 'start', 'docker');
	} else {
		tell(`Starting the Docker engine (dockerd, log in ${logFile}) …`);
		giveDockerFolder(tell);
		const log = openSync(logFile, 'a');
		const engine = spawn('dockerd', [], {
			detached: true,
			stdio: ['ignore', log, log],
			env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
		});
		engine.once('exit', (code) => {
			ended = `dockerd ended with code ${code}`;
		});
		engine.once('error', (error) => {
			ended = error.message;
		});
		engine.unref();
	}

	const deadline = Date.now() + secondsToStart * 1000;
	let reason = await whyNoAnswer();
	while (reason !== undefined && ended === undefined && Date.now() < deadline) {
		await sleep(300);
		reason = await whyNoAnswer();
	}

	// Another process may have started one at the same moment: then ours has ended, and that is fine.
	if (reason !== undefined && (await whyNoAnswer()) !== undefined) {
		const log = existsSync(logFile) ? `\n${tail(readFileSync(logFile, 'utf8'))}` : '';
		throw new SetupError(
			`the Docker engine did not start: ${ended ?? `after ${secondsToStart} s, ${reason}`}${log}`,
			'a container or virtual machine needs to allow mounts, cgroups and iptables for Docker to run in it',
		);
	}
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	process.exitCode = (await orTell(ensureDockerEngine)) ? 0 : 1;
}
