import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import { BadInput } from '../errors.ts';
import { decrypt, encrypt, type Keys, parseRecipients } from './age.ts';
import { replaceFile, withLock } from './shared-file.ts';

/**
 * `secrets.age.yml` in an inventory folder: a YAML map of texts, encrypted to everyone in `recipients.txt` beside
 * it. Comments in it are kept.
 */
export class SecretFile {
	readonly path: string;
	readonly recipientsPath: string;
	readonly #keys: Keys | undefined;

	constructor(folder: string, keys: Keys | undefined) {
		this.path = join(folder, 'secrets.age.yml');
		this.recipientsPath = join(folder, 'recipients.txt');
		this.#keys = keys;
	}

	/** Whether somebody has made a store here, or said who may read it. */
	get isThere(): boolean {
		return existsSync(this.path) || existsSync(this.recipientsPath);
	}

	/** The plain YAML; undefined when there is no store yet. @throws BadInput when it cannot be opened */
	async text(): Promise<string | undefined> {
		const content = await readIfThere(this.path);
		return content && (await decrypt(content, this.path, this.#keys));
	}

	async values(): Promise<ReadonlyMap<string, string>> {
		return valuesIn(this.document((await this.text()) ?? ''));
	}

	/** @throws BadInput when the text is no map of texts */
	document(text: string): Document {
		// In this schema everything is text: a password 0123 stays what it is.
		const document: Document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
		const [problem] = document.errors;
		if (problem) {
			throw new BadInput(`${this.path} does not hold valid YAML: ${problem.message}`);
		}

		if (document.contents === null) {
			document.contents = document.createNode({});
		}

		valuesIn(document, this.path);
		if (isMap(document.contents)) {
			// One line each, also when the file began as {}.
			document.contents.flow = false;
		}

		return document;
	}

	/**
	 * Read, change and write back, while no other process can. `change` gives false when there is nothing to do.
	 * @throws BadInput
	 */
	async update(change: (document: Document) => boolean): Promise<void> {
		await withLock(this.path, async () => {
			const document = this.document((await this.text()) ?? '');
			if (change(document)) {
				await this.write(document);
			}
		});
	}

	/** Encrypt to the recipients of now. The caller holds the lock. */
	async write(document: Document): Promise<void> {
		const text = document.toString({ lineWidth: 0 });
		await replaceFile(this.path, await encrypt(text, await this.recipients(), this.recipientsPath));
	}

	/** @throws BadInput when nobody is named: writing would lock someone out. */
	async recipients(): Promise<readonly string[]> {
		const list = (await readIfThere(this.recipientsPath))?.toString();
		const recipients = parseRecipients(list ?? '');
		if (recipients.length === 0) {
			const folder = relative('', dirname(this.path)) || '.';
			const init = `g2pbook secret init -i ${folder.startsWith('..') ? dirname(this.path) : folder}`;
			throw list === undefined
				? new BadInput('there is no place for secrets beside this inventory yet, and they are needed', {
						hint: `make it once, and a key for you: ${init}`,
					})
				: new BadInput(`${this.recipientsPath} names nobody, so secrets cannot be encrypted`, {
						hint: `write one age1… line per person or machine, or run "${init}"`,
					});
		}

		return recipients;
	}
}

/** Names and texts of a document. @throws BadInput for anything but texts */
export function valuesIn(document: Document, path = 'the secret store'): ReadonlyMap<string, string> {
	if (!isMap(document.contents)) {
		throw new BadInput(`${path} must hold a map of names to texts`);
	}

	return new Map(
		document.contents.items.map(({ key, value }): [string, string] => {
			const name = String(isScalar(key) ? key.value : key);
			if (!isScalar(value) || typeof value.value !== 'string') {
				throw new BadInput(`${path}: the value of "${name}" must be a text`, {
					hint: 'give each secret a name of its own: db_password, not db: {password: …}',
				});
			}

			return [name, value.value];
		}),
	);
}

/** The content of a file; undefined when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
	try {
		return await readFile(path);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return undefined;
		}

		throw new BadInput(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
	}
}
