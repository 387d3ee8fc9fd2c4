import { dirname } from 'node:path';
import { didYouMean, place } from '../diagnostics.ts';
import { BadInput, UserError } from '../errors.ts';
import { Secret } from '../shell/secret.ts';
import type { SecretReference } from '../yaml/tags.ts';
import { findKeys, type KeySources } from './age.ts';
import { generate, type Recipe, recipeOf } from './generate.ts';
import { SecretFile, valuesIn } from './secret-file.ts';
import type { SecretSource } from './source.ts';

export type StoreOptions = KeySources & {
	/** Nothing is written: a secret that would be generated has a value of its own for this run only. */
	readonly readOnly?: boolean | undefined;
	/** A store that cannot be opened fails when a secret is asked for, not before: for looking at plans. */
	readonly lazy?: boolean | undefined;
};

/**
 * Open the store of an inventory folder. A folder without one is fine until a secret is asked for.
 * @throws BadInput when it cannot be decrypted
 */
export async function openSecretStore(folder: string, options: StoreOptions): Promise<SecretStore> {
	try {
		const file = new SecretFile(folder, await findKeys(options));
		return new SecretStore(file, await file.values(), options.readOnly ?? false);
	} catch (error) {
		if (options.lazy && error instanceof BadInput) {
			return new SecretStore(new SecretFile(folder, undefined), error, true);
		}

		throw error;
	}
}

/** The secrets of an inventory, decrypted when it was opened. */
export class SecretStore implements SecretSource {
	/** Secrets that a run would generate and this one, which writes nothing, made up. */
	readonly placeholders = new Set<string>();
	readonly #file: SecretFile;
	readonly #values: Map<string, string>;
	readonly #locked: BadInput | undefined;
	readonly #readOnly: boolean;
	/** Generated, and not yet in the file. */
	#fresh = new Map<string, string>();
	#writing: Promise<void> = Promise.resolve();
	#failure: unknown;

	constructor(file: SecretFile, content: ReadonlyMap<string, string> | BadInput, readOnly: boolean) {
		this.#file = file;
		this.#locked = content instanceof BadInput ? content : undefined;
		this.#values = new Map(content instanceof BadInput ? [] : content);
		this.#readOnly = readOnly;
	}

	get path(): string {
		return this.#file.path;
	}

	names(): readonly string[] {
		return [...this.#values.keys()];
	}

	/** Give a secret, made now if it is to be generated. @throws BadInput */
	get({ name, generate: recipe, source }: SecretReference): Secret {
		if (this.#locked) {
			throw this.#locked;
		}

		const known = this.#values.get(name);
		if (known !== undefined) {
			return new Secret(known);
		}

		if (recipe === undefined) {
			const where = source === undefined ? '' : `\n  at ${place(source)}`;
			const folder = dirname(this.#file.path);
			const init = this.#file.isThere ? '' : `g2pbook secret init -i ${folder}, then `;
			throw new BadInput(`there is no secret "${name}" in ${this.#file.path}${where}`, {
				hint:
					didYouMean(name, this.#values.keys()) ?? `store it: ${init}g2pbook secret set ${name} -i ${folder}`,
			});
		}

		const value = generate(recipe);
		this.#values.set(name, value);
		if (this.#readOnly) {
			this.placeholders.add(name);
		} else {
			this.#fresh.set(name, value);
			this.#writing = this.#writing.then(() => this.#store());
		}

		return new Secret(value);
	}

	known({ name }: SecretReference): Secret | undefined {
		const value = this.#values.get(name);
		return value === undefined ? undefined : new Secret(value);
	}

	/** See that these can be had, before any host is asked. @throws BadInput when one cannot be made or stored */
	async expect(references: Iterable<SecretReference>): Promise<void> {
		const isNew = [...references].some(({ name, generate }) => generate && !this.#values.has(name));
		if (isNew && !this.#readOnly) {
			await this.#file.recipients();
		}
	}

	/** @throws UserError when a generated value could not be stored, or another run made one at the same time. */
	async flush(): Promise<void> {
		await this.#writing;
		if (this.#failure !== undefined) {
			throw this.#failure;
		}
	}

	async set(name: string, value: string): Promise<void> {
		if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
			throw new BadInput(`"${name}" is no name for a secret`, {
				hint: 'letters, digits, _ - and . are fine',
			});
		}

		await this.#file.update((document) => {
			document.set(name, value);
			return true;
		});
		this.#values.set(name, value);
	}

	/** Give a secret a new value: one like the old, when not told how. @throws BadInput when there is no such secret */
	async rotate(name: string, recipe: Partial<Recipe> = {}): Promise<void> {
		const old = this.#values.get(name);
		if (old === undefined) {
			throw new BadInput(`there is no secret "${name}" in ${this.#file.path}`, {
				hint: didYouMean(name, this.#values.keys()) ?? 'g2pbook secret view lists the names',
			});
		}

		await this.set(name, generate({ ...recipeOf(old), ...recipe }));
	}

	/** Encrypt everything again, to the recipients of now. */
	async reEncrypt(): Promise<void> {
		await this.#file.update(() => true);
	}

	async #store(): Promise<void> {
		const fresh = this.#fresh;
		this.#fresh = new Map();
		if (fresh.size === 0) {
			return;
		}

		try {
			await this.#file.update((document) => {
				const stored = valuesIn(document);
				for (const [name, value] of fresh) {
					if (stored.has(name)) {
						throw new UserError(`another run has just generated the secret "${name}"`, {
							hint: 'start this run again',
						});
					}

					document.set(name, value);
				}

				return true;
			});
		} catch (error) {
			this.#failure ??= error;
		}
	}
}
