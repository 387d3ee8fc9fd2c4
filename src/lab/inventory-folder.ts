import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { BadInput } from '../errors.ts';
import { type KeyPair, newKeyPair } from './keys.ts';
import type { LabHostUp } from './lab.ts';
import { roleGroups } from './topologies.ts';

const mark = '# Written by `g2pbook lab up`; `g2pbook lab down` removes it.\n';
// Hidden: whatever else stands in the folder of an inventory is read as one.
const keyFile = '.ssh/id_ed25519';
const knownHostsFile = '.ssh/known_hosts';
const written = [
	...['hosts.yml', 'group_vars/all.yml', '.gitignore'],
	...[keyFile, `${keyFile}.pub`, knownHostsFile],
];
// Passwords that runs have made up for hosts which go away.
const worthless = ['secrets.age.yml', 'recipients.txt'];

export const keyPath = (folder: string): string => join(folder, keyFile);
export const knownHostsPath = (folder: string): string => join(folder, knownHostsFile);

/**
 * Make the folder, and the key that opens the lab's hosts when there is none yet.
 * @throws BadInput when somebody else's inventory is in the folder.
 */
export async function prepareFolder(folder: string): Promise<KeyPair> {
	const present = await textOf(join(folder, 'hosts.yml'));
	if (present !== undefined && !present.startsWith(mark)) {
		throw new BadInput(`${folder} holds an inventory that the lab has not written`, {
			hint: 'choose another with --folder or --name; the lab never overwrites an inventory of yours',
		});
	}

	await mkdir(join(folder, 'group_vars'), { recursive: true });
	await mkdir(join(folder, '.ssh'), { recursive: true, mode: 0o700 });
	// Git must not see it, wherever the folder is.
	await writeFile(join(folder, '.gitignore'), '*\n');
	const [privateKey, publicKey] = await Promise.all([
		textOf(keyPath(folder)),
		textOf(`${keyPath(folder)}.pub`),
	]);
	if (privateKey !== undefined && publicKey !== undefined) {
		return { private: privateKey, public: publicKey };
	}

	const pair = newKeyPair('g2pbook-lab');
	await writeFile(keyPath(folder), pair.private, { mode: 0o600 });
	await writeFile(`${keyPath(folder)}.pub`, `${pair.public}\n`);
	return pair;
}

/**
 * Write who there is, how to log in, and the keys by which the hosts are known.
 * @param more variables besides, such as those of a mirror.
 */
export async function writeInventory(
	folder: string,
	hosts: readonly Omit<LabHostUp, 'container'>[],
	hostKeys: ReadonlyMap<string, string>,
	more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
	const groups = [...new Set([...roleGroups, ...hosts.flatMap((host) => host.groups)])];
	const inventory = {
		all: {
			hosts: Object.fromEntries(hosts.map(({ name, address }) => [name, { ansible_host: address }])),
			children: Object.fromEntries(
				groups.map((group) => [
					group,
					{
						hosts: Object.fromEntries(
							hosts.filter((host) => host.groups.includes(group)).map(({ name }) => [name, {}]),
						),
					},
				]),
			),
		},
	};
	const variables = {
		ansible_user: 'admin',
		ansible_ssh_private_key_file: keyPath(folder),
		ansible_ssh_common_args: `-o ${knownHostsOption(folder)} -o IdentitiesOnly=yes`,
		// Containers are as large, and their disks as fast, as the machine that they share.
		preflight_least: {},
		preflight_least_alone: { cpus: 0, memory_gb: 0, disk_gb: 0 },
		preflight_free_gb: {},
		preflight_fsync_ms: 1000,
		postgres_native_memory_mb: 1024,
		...more,
	};
	const known = hosts.map(({ name, address }) => `${name},${address} ${hostKeys.get(name) ?? ''}\n`);
	await Promise.all([
		writeFile(join(folder, 'hosts.yml'), mark + stringify(inventory)),
		writeFile(join(folder, 'group_vars/all.yml'), mark + stringify(variables, { lineWidth: 0 })),
		writeFile(knownHostsPath(folder), known.join('')),
	]);
}

/** A path with blanks needs quotes for the shell's words and quotes for ssh's own reading. */
const knownHostsOption = (folder: string): string => {
	const path = knownHostsPath(folder);
	return /\s/.test(path) ? `'UserKnownHostsFile="${path}"'` : `UserKnownHostsFile=${path}`;
};

/** Take away what the lab has written and the secrets of its hosts; what a person has put beside them stays. */
export async function removeInventory(folder: string): Promise<void> {
	if (!(await textOf(join(folder, 'hosts.yml')))?.startsWith(mark)) {
		return;
	}

	await Promise.all([...written, ...worthless].map((file) => rm(join(folder, file), { force: true })));
	for (const path of [join(folder, '.ssh'), join(folder, 'group_vars'), folder]) {
		await rmdir(path).catch(() => undefined);
	}
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
