import { readFile } from 'node:fs/promises';
import { BadInput } from '../errors.ts';

// Loaded when needed: few runs meet anything encrypted, and its curves take ten megabytes.
const age = () => import('age-encryption');

/** Where the keys that open encrypted files may come from, besides the file that everyone has. */
export type KeySources = {
	/** `--identity FILE`. */
	readonly identityFile?: string | undefined;
	readonly env: Readonly<Record<string, string | undefined>>;
};

/** The keys that were found, and where, for messages. */
export type Keys = { readonly identities: readonly string[]; readonly origin: string };

/** `~/.config/g2pbook/identity.txt`, where `secret init` puts a new key. */
export const defaultIdentityFile = (env: KeySources['env']): string =>
	`${env.XDG_CONFIG_HOME || `${env.HOME ?? ''}/.config`}/g2pbook/identity.txt`;

const remedy =
	'give the key with --identity FILE, G2PBOOK_AGE_KEY_FILE or G2PBOOK_AGE_KEY, or make one: g2pbook secret init';

/**
 * The keys to decrypt with: `--identity`, else `G2PBOOK_AGE_KEY` (the key itself), else `G2PBOOK_AGE_KEY_FILE`,
 * else the user's own. undefined when there are none. @throws BadInput for a source that holds no key.
 */
export async function findKeys({ identityFile, env }: KeySources): Promise<Keys | undefined> {
	const text = env.G2PBOOK_AGE_KEY;
	if (identityFile === undefined && text) {
		return { identities: parseIdentities(text, 'G2PBOOK_AGE_KEY'), origin: 'G2PBOOK_AGE_KEY' };
	}

	const named = identityFile ?? (env.G2PBOOK_AGE_KEY_FILE || undefined);
	const file = named ?? defaultIdentityFile(env);
	try {
		return { identities: parseIdentities(await readFile(file, 'utf8'), file), origin: file };
	} catch (error) {
		if (error instanceof BadInput) {
			throw error;
		}

		if (named === undefined) {
			return undefined;
		}

		throw new BadInput(`cannot read the age key ${file}: ${reasonOf(error)}`, { hint: remedy });
	}
}

function parseIdentities(text: string, origin: string): readonly string[] {
	const identities = lines(text);
	const alien = identities.find((line) => !/^AGE-SECRET-KEY-(1|PQ-1)[0-9A-Z]+$/.test(line));
	if (identities.length === 0 || alien !== undefined) {
		const encrypted = text.startsWith('age-encryption.org') || text.startsWith('-----BEGIN AGE');
		throw new BadInput(
			`${origin} holds ${identities.length === 0 ? 'no age key' : 'something that is no age key'}`,
			{
				hint: encrypted
					? 'a key that is itself encrypted cannot be used: decrypt it first with "age -d"'
					: 'a key is a line that begins with AGE-SECRET-KEY-1; make one: g2pbook secret init',
			},
		);
	}

	return identities;
}

/** Lines that say something: without blank ones and comments. */
const lines = (text: string): readonly string[] =>
	text
		.split('\n')
		.map((line) => line.replace(/\s+#.*$/, '').trim())
		.filter((line) => line !== '' && !line.startsWith('#'));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Who a file is encrypted to: one per line, with comments, as for `age -R`. */
export const parseRecipients = lines;

/** The text of an age file, armored or not. @throws BadInput that names the file and what to do */
export async function decryptFile(file: string, keys: Keys | undefined): Promise<string> {
	let content: Buffer;
	try {
		content = await readFile(file);
	} catch (error) {
		throw new BadInput(`cannot read ${file}: ${reasonOf(error)}`);
	}

	return decrypt(content, file, keys);
}

/** As `decryptFile`, for content that was read already. */
export async function decrypt(content: Buffer, file: string, keys: Keys | undefined): Promise<string> {
	if (keys === undefined) {
		throw new BadInput(`${file} is encrypted, and there is no key to open it`, { hint: remedy });
	}

	const { armor, Decrypter } = await age();
	try {
		const decrypter = new Decrypter();
		for (const identity of keys.identities) {
			decrypter.addIdentity(identity);
		}

		const isArmored = content.subarray(0, 11).toString() === '-----BEGIN ';
		return await decrypter.decrypt(isArmored ? armor.decode(content.toString()) : content, 'text');
	} catch (error) {
		throw await unreadable(error, file, keys);
	}
}

async function unreadable(error: unknown, file: string, { identities, origin }: Keys): Promise<BadInput> {
	if (!reasonOf(error).includes('no identity matched')) {
		return new BadInput(`${file} is damaged, or is no age file: ${reasonOf(error)}`, {
			hint: 'take it from version control again',
		});
	}

	const own = await Promise.all(identities.map(recipientOf));
	return new BadInput(`${file} is not encrypted to your key (${origin})`, {
		hint: `someone who can open it adds this line to recipients.txt and runs "g2pbook secret rotate": ${own.join(', ')}`,
	});
}

/** @throws BadInput for a recipient that is none */
export async function encrypt(text: string, recipients: readonly string[], origin: string): Promise<string> {
	const { armor, Encrypter } = await age();
	const encrypter = new Encrypter();
	for (const recipient of recipients) {
		try {
			encrypter.addRecipient(recipient);
		} catch (error) {
			throw new BadInput(`${origin}: "${recipient}" is no age recipient: ${reasonOf(error)}`, {
				hint: 'a recipient is a line that begins with age1',
			});
		}
	}

	return armor.encode(await encrypter.encrypt(text));
}

/** A new key and who it stands for. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
	const identity = await (await age()).generateX25519Identity();
	return { identity, recipient: await recipientOf(identity) };
}

export const recipientOf = async (identity: string): Promise<string> =>
	(await age()).identityToRecipient(identity);
