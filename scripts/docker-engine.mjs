// Makes sure that a Docker engine answers: installs and starts one where that can be done. No dependencies, so
// that it runs before `npm ci`. `node scripts/docker-engine.mjs`, or import `ensureDockerEngine`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const logFile = '/var/log/g2pbook-dockerd.log';
const secondsToStart = 60;

/** A failure that the person can do something about. */
export class EngineError extends Error {
	constructor(message, hint) {
		super(`${message}\n  ${hint}`);
		this.name = 'EngineError';
	}
}

const capture = (program, ...words) => spawnSync(program, words, { encoding: 'utf8', timeout: 30_000 });

const has = (program) =>
	capture('sh', '-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${program}`).status === 0;

/** undefined when the engine answers, else why not. */
function whyNoAnswer() {
	const { status, stderr, error } = capture('docker', 'version', '--format', '{{.Server.Version}}');
	if (error?.code === 'ENOENT') {
		return 'the docker program is not installed';
	}

	return status === 0 ? undefined : stderr.trim() || `docker version ended with code ${status}`;
}

/**
 * Resolves when an engine answers.
 * @throws EngineError that says what to do.
 */
export async function ensureDockerEngine(tell = (line) => process.stderr.write(`${line}\n`)) {
	const reason = whyNoAnswer();
	if (reason === undefined) {
		return;
	}

	if (process.env.DOCKER_HOST) {
		throw new EngineError(
			`the Docker engine at DOCKER_HOST=${process.env.DOCKER_HOST} does not answer: ${reason}`,
			'start it there, or unset DOCKER_HOST to use one on this machine',
		);
	}

	if (/permission denied/i.test(reason)) {
		throw new EngineError(
			'this user may not talk to the Docker engine',
			'sudo usermod -aG docker "$USER", log in again, and repeat',
		);
	}

	if (process.getuid?.() !== 0) {
		throw new EngineError(
			`no Docker engine answers (${reason})`,
			'start it (sudo systemctl start docker), or run this once as root: sudo node scripts/docker-engine.mjs',
		);
	}

	install(tell);
	await start(tell);
}

function install(tell) {
	if (['dockerd', 'docker', 'iptables'].every(has)) {
		return;
	}

	if (!has('apt-get')) {
		throw new EngineError(
			'Docker is not installed, and this system has no apt-get to install it with',
			'install Docker 20.10 or newer (https://docs.docker.com/engine/install/) and repeat',
		);
	}

	tell('Installing the Docker engine (docker.io, iptables) …');
	apt('update', '-q');
	// From Debian 13 on the client is a package of its own.
	const client = capture('apt-cache', 'show', 'docker-cli').status === 0 ? ['docker-cli'] : [];
	const packages = [
		...(has('dockerd') ? [] : ['docker.io']),
		...(has('docker') ? [] : ['docker.io', ...client]),
		...(has('iptables') ? [] : ['iptables']),
	];
	apt('install', '-yq', '--no-install-recommends', ...new Set(packages));
}

function apt(...words) {
	const { status, stderr, stdout } = spawnSync('apt-get', words, {
		encoding: 'utf8',
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		maxBuffer: 64 * 1024 * 1024,
	});
	if (status !== 0) {
		throw new EngineError(
			`apt-get ${words.join(' ')} failed:\n${tail(stderr || stdout)}`,
			'repair apt on this machine (sources, network), or install Docker by hand, and repeat',
		);
	}
}

async function start(tell) {
	if (whyNoAnswer() === undefined) {
		return; // Installing it has started it.
	}

	let ended;
	if (existsSync('/run/systemd/system')) {
		tell('Starting the Docker engine (systemctl start docker) …');
		capture('systemctl', 'start', 'docker');
	} else {
		tell(`Starting the Docker engine (dockerd, log in ${logFile}) …`);
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
	let reason = whyNoAnswer();
	while (reason !== undefined && ended === undefined && Date.now() < deadline) {
		await sleep(300);
		reason = whyNoAnswer();
	}

	// Another process may have started one at the same moment: then ours has ended, and that is fine.
	if (reason !== undefined && whyNoAnswer() !== undefined) {
		const log = existsSync(logFile) ? `\n${tail(readFileSync(logFile, 'utf8'))}` : '';
		throw new EngineError(
			`the Docker engine did not start: ${ended ?? `after ${secondsToStart} s, ${reason}`}${log}`,
			'a container or virtual machine needs to allow mounts, cgroups and iptables for Docker to run in it',
		);
	}
}

const tail = (text) =>
	text
		.trimEnd()
		.split('\n')
		.filter((line) => !line.includes('level=info'))
		.slice(-8)
		.join('\n');

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	try {
		await ensureDockerEngine();
	} catch (error) {
		process.stderr.write(`${error instanceof EngineError ? error.message : error.stack}\n`);
		process.exitCode = 1;
	}
}
