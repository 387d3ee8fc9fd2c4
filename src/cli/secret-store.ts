import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { BadInput } from '../errors.ts';
import {
	defaultIdentityFile,
	findKeys,
	type Keys,
	newIdentity,
	parseRecipients,
	recipientOf,
} from '../secrets/age.ts';
import { readIfThere, SecretFile } from '../secrets/secret-file.ts';
import { openSecretStore, type SecretStore } from '../secrets/secret-store.ts';
import { withLock } from '../secrets/shared-file.ts';
import { SecretReference } from '../vars/types.ts';
import type { RotateFlags, StoreFlags } from './flags.ts';
import { openTerminal } from './terminal.ts';

const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};
const short = (path: string): string => relative('', path) || '.';

/** A file of an inventory stands for the folder that it is in. @throws BadInput */
export async function folderOf({ inventory }: StoreFlags): Promise<string> {
	const status = await stat(inventory).catch(() => undefined);
	if (status === undefined) {
		throw new BadInput(`there is no inventory ${inventory}`, {
			hint: 'g2pbook init TOPOLOGY FOLDER makes one',
		});
	}

	return status.isDirectory() ? inventory : dirname(inventory);
}

const keySources = ({ identity }: StoreFlags) => ({ identityFile: identity, env: process.env });

const open = async (flags: StoreFlags): Promise<SecretStore> =>
	openSecretStore(await folderOf(flags), keySources(flags));

/** What is there already is left as it is, so it may be run again. */
export async function initStore(flags: StoreFlags): Promise<void> {
	const folder = await folderOf(flags);
	const keys = await ownKeys(flags);
	const file = new SecretFile(folder, keys);
	// Opens it: whoever cannot must not add themselves, since nothing would be encrypted to them.
	const isNew = (await file.text()) === undefined;
	const own = await Promise.all(keys.identities.map((identity) => recipientOf(identity)));
	const named = parseRecipients((await readIfThere(file.recipientsPath))?.toString() ?? '');
	const isMissing = !own.some((recipient) => named.includes(recipient));
	if (isMissing) {
		const before = (await readIfThere(file.recipientsPath))?.toString() ?? '';
		const lineEnd = before === '' || before.endsWith('\n') ? '' : '\n';
		await appendFile(file.recipientsPath, `${lineEnd}${own[0]}  # ${process.env.USER ?? 'me'}\n`);
		say(`added you to ${short(file.recipientsPath)}`);
	}

	if (isNew || isMissing) {
		await withLock(file.path, async () => file.write(file.document((await file.text()) ?? '')));
	}

	say(isNew ? `made ${short(file.path)}` : `${short(file.path)} is there, and you can open it`);
	say(`store a secret: g2pbook secret set NAME -i ${flags.inventory}`);
}

/** The keys that there are; else a new one, in the file that was named or the user's own. */
async function ownKeys(flags: StoreFlags): Promise<Keys> {
	const file = flags.identity ?? (process.env.G2PBOOK_AGE_KEY_FILE || defaultIdentityFile(process.env));
	const isNamed = flags.identity !== undefined || Boolean(process.env.G2PBOOK_AGE_KEY_FILE);
	const exists = !isNamed || (await readIfThere(file)) !== undefined;
	const keys = exists ? await findKeys(keySources(flags)) : undefined;
	if (keys !== undefined) {
		say(`your key is in ${keys.origin}`);
		return keys;
	}

	const { identity, recipient } = await newIdentity();
	await mkdir(dirname(file), { recursive: true, mode: 0o700 });
	await writeFile(file, `# public key: ${recipient}\n${identity}\n`, { flag: 'wx', mode: 0o600 });
	say(`made your key: ${file}   keep a copy: without it the secrets are lost`);
	return { identities: [identity], origin: file };
}

export async function viewSecret(name: string | undefined, flags: StoreFlags): Promise<void> {
	const store = await open(flags);
	for (const line of name === undefined ? store.names() : [store.get(new SecretReference(name)).reveal()]) {
		say(line);
	}
}

/** Never from the command line: that shows in `ps` and stays in the shell's history. */
export async function setSecret(name: string, flags: StoreFlags): Promise<void> {
	const store = await open(flags);
	const value = process.stdin.isTTY
		? await openTerminal({ pause: () => {}, resume: () => {} }).ask(`Value of ${name} (unseen): `, false)
		: (await readAll(process.stdin)).replace(/\r?\n$/, '');
	if (value === undefined || value === '') {
		throw new BadInput(`no value was given for "${name}"`, { hint: 'type it, or pipe it in' });
	}

	await store.set(name, value);
	say(`stored ${name} in ${short(store.path)}`);
}

export async function rotateSecret(
	name: string | undefined,
	{ length, alphabet, ...flags }: RotateFlags,
): Promise<void> {
	const store = await open(flags);
	if (name === undefined) {
		await store.reEncrypt();
		say(`encrypted ${short(store.path)} again to those in recipients.txt`);
		return;
	}

	await store.rotate(name, {
		...(length === undefined ? {} : { length }),
		...(alphabet === undefined ? {} : { alphabet }),
	});
	say(`${name} has a new value; hosts get it with the next run`);
}
