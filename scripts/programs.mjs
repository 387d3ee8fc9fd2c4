// Makes sure that the programs are there which tests, measurements and the quickstart call on this machine, beside
// Node and a Docker engine: installs those that are missing. No dependencies, so that it runs before `npm ci`.
// `node scripts/programs.mjs test`, or import `ensurePrograms`.
import { lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { capture, has, install, isRoot, SetupError } from './apt.mjs';
import { orTell } from './project.mjs';

/** What needs which program, and the package that has it in Debian and Ubuntu. The only such list. */
const programs = [
	{ name: 'sshd', package: 'openssh-server', for: ['test', 'bench'], units: ['ssh.service', 'ssh.socket'] },
	{ name: 'ssh', package: 'openssh-client', for: ['test', 'bench', 'quickstart'] },
	{ name: 'ssh-keygen', package: 'openssh-client', for: ['test', 'bench'] },
	{ name: 'sudo', package: 'sudo', for: ['test'] },
	{ name: 'busybox', package: 'busybox', for: ['test'] },
	{ name: 'curl', package: 'curl', for: ['test'] },
	{ name: 'ps', package: 'procps', for: ['test'] },
	{ name: 'git', package: 'git', for: ['test'] },
	{ name: 'openssl', package: 'openssl', for: ['test'] },
	{
		// For Ansible, with which inventories and times are compared.
		name: 'python3 with venv',
		package: 'python3-venv',
		for: ['test', 'bench'],
		isThere: () => capture('python3', '-c', 'import ensurepip, venv').status === 0,
	},
	{
		// For the page of the HTML report; any that is of its kind will do. Ubuntu has none as a package: the tests of the
		// page are skipped there where nobody has installed one.
		name: 'chromium',
		package: 'chromium',
		for: ['test'],
		isThere: () => ['chromium', 'google-chrome', 'chromium-browser'].some(has) || isUbuntu(),
	},
	{
		// Ansible's module for packages asks for it.
		name: 'python3-apt',
		package: 'python3-apt',
		for: ['bench'],
		isThere: () => capture('/usr/bin/python3', '-c', 'import apt').status === 0,
	},
];

function isUbuntu() {
	try {
		return /^ID="?ubuntu"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
	} catch {
		return false;
	}
}

const purposes = [...new Set(programs.flatMap((program) => program.for))];

/**
 * Returns when all programs for a purpose are there.
 * @throws SetupError that names what is missing and how to get it.
 */
export function ensurePrograms(purpose, tell = (line) => process.stderr.write(`${line}\n`)) {
	if (!purposes.includes(purpose)) {
		throw new SetupError(`There is no purpose "${purpose}": say one of ${purposes.join(', ')}.`);
	}

	const missing = programs.filter(
		(program) => program.for.includes(purpose) && !(program.isThere?.() ?? has(program.name)),
	);
	if (missing.length === 0) {
		return;
	}

	const names = missing.map(({ name }) => name).join(', ');
	const packages = [...new Set(missing.map((program) => program.package))];
	if (!has('apt-get')) {
		throw new SetupError(
			`Missing on this machine: ${names}. Install them and repeat; in Debian they are in ${packages.join(', ')}.`,
		);
	}

	if (!isRoot()) {
		throw new SetupError(
			`Missing on this machine: ${names}. Install them and repeat: sudo apt-get install ${packages.join(' ')}`,
		);
	}

	const masked = missing.flatMap(({ units = [] }) => units.filter(mask));
	const aside =
		masked.length === 0 ? '' : `, with ${masked.join(' and ')} masked, so that no port opens on this machine`;
	tell(`Installing what is missing for this (${packages.join(', ')}${aside}) …`);
	install(packages);
}

/**
 * The program is wanted, not the service that its package would start and keep: somebody who tries tests does not
 * ask for a login from the network.
 * @returns whether that was needed, since there was no such unit.
 */
function mask(unit) {
	const folder = '/etc/systemd/system';
	if (lstatSync(`${folder}/${unit}`, { throwIfNoEntry: false }) !== undefined) {
		return false;
	}

	mkdirSync(folder, { recursive: true });
	symlinkSync('/dev/null', `${folder}/${unit}`);
	return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const [purpose = 'test'] = process.argv.slice(2);
	process.exitCode = (await orTell(() => ensurePrograms(purpose))) ? 0 : 1;
}
