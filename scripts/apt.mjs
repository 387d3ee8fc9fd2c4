// Installing what this machine lacks, where that can be done: as root, by apt. No dependencies.
import { spawnSync } from 'node:child_process';

/** A failure that the person can do something about. */
export class SetupError extends Error {
	constructor(message, hint) {
		super(hint === undefined ? message : `${message}\n  ${hint}`);
		this.name = 'SetupError';
	}
}

export const capture = (program, ...words) =>
	spawnSync(program, words, { encoding: 'utf8', timeout: 30_000 });

/** Daemons too: the PATH of a person often leaves out where they are. */
export const has = (program) =>
	capture('sh', '-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${program}`).status === 0;

export const isRoot = () => process.getuid?.() === 0;

/**
 * Install packages, after a look at what there is.
 * @param packages their names, or a function that gives them when the lists of packages are fresh.
 * @throws SetupError with what apt said.
 */
export function install(packages) {
	apt('update', '-q');
	const names = typeof packages === 'function' ? packages() : packages;
	apt('install', '-yq', '--no-install-recommends', ...new Set(names));
}

function apt(...words) {
	const { status, stderr, stdout } = spawnSync('apt-get', words, {
		encoding: 'utf8',
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		maxBuffer: 64 * 1024 * 1024,
	});
	if (status !== 0) {
		throw new SetupError(
			`apt-get ${words.join(' ')} failed:\n${tail(stderr || stdout)}`,
			'repair apt on this machine (sources, network), or install them by hand, and repeat',
		);
	}
}

/** The last lines, where programs say why they ended. */
export const tail = (text) =>
	text
		.trimEnd()
		.split('\n')
		.filter((line) => !line.includes('level=info'))
		.slice(-8)
		.join('\n');
