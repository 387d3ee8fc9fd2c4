import { readFile } from 'node:fs/promises';
import ssh2, {
	type AnyAuthMethod,
	BaseAgent,
	type IdentityCallback,
	type ParsedKey,
	type SignCallback,
	type SigningRequestOptions,
} from 'ssh2';
import { Unreachable } from '../errors.ts';
import type { SshOptions } from './ssh-options.ts';
import type { Target } from './target.ts';

/** Ways to prove who we are, in the order in which ssh(1) tries them, and what could not be used. */
export type Authentication = {
	readonly methods: readonly AnyAuthMethod[];
	readonly notes: readonly string[];
};

/** @throws Unreachable when the key that the inventory names cannot be used */
export async function authentication(target: Target, options: SshOptions): Promise<Authentication> {
	const { user: username } = options;
	const notes: string[] = [];
	const keys = await Promise.all(options.identityFiles.map((path) => privateKey(path, target, notes)));
	const usable = keys.filter((key) => key !== undefined);
	const publicKeys = await Promise.all(options.identityFiles.map(publicKey));
	const agent =
		options.agent === undefined
			? []
			: [
					{
						type: 'agent' as const,
						username,
						agent: new OrderedAgent(
							options.agent,
							publicKeys.filter((key) => key !== undefined),
							options.identitiesOnly || target.privateKeyFile !== undefined,
							notes,
						),
					},
				];
	const password = target.password?.reveal();
	const byPassword: AnyAuthMethod[] =
		password === undefined
			? []
			: [
					{ type: 'password', username, password },
					{
						type: 'keyboard-interactive',
						username,
						// Each question gets the password: that is how PAM asks for it.
						prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
					},
				];
	return {
		methods: [
			...agent,
			...usable.map((key) => ({ type: 'publickey' as const, username, key })),
			...byPassword,
		],
		notes,
	};
}

async function privateKey(path: string, target: Target, notes: string[]): Promise<ParsedKey | undefined> {
	const named = target.privateKeyFile !== undefined;
	let text: Buffer;
	try {
		text = await readFile(path);
	} catch (error) {
		if (named) {
			throw new Unreachable(`${target.name}: the private key ${path} cannot be read: ${String(error)}`, {
				hint: 'set ansible_ssh_private_key_file to a file that you can read',
			});
		}

		return undefined;
	}

	const parsed = ssh2.utils.parseKey(text);
	const key = Array.isArray(parsed) ? parsed[0] : parsed;
	if (key === undefined || key instanceof Error) {
		notes.push(
			/passphrase|encrypted/i.test(key?.message ?? '')
				? `${path} is encrypted: ssh-add ${path} lets the agent use it`
				: `${path} cannot be used: ${key?.message ?? 'it is empty'}`,
		);
		return undefined;
	}

	return key;
}

async function publicKey(path: string): Promise<Buffer | undefined> {
	const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : Buffer.from(text.split(' ')[1] ?? '', 'base64');
}

/** An agent whose wanted keys come first: servers close the door after a few that they do not know. */
class OrderedAgent extends BaseAgent<ParsedKey> {
	readonly #agent: BaseAgent;
	readonly #wanted: readonly Buffer[];
	readonly #only: boolean;
	readonly #notes: string[];
	constructor(path: string, wanted: readonly Buffer[], only: boolean, notes: string[]) {
		super();
		this.#agent = ssh2.createAgent(path);
		this.#wanted = wanted;
		this.#only = only && wanted.length > 0;
		this.#notes = notes;
	}

	override getIdentities(callback: IdentityCallback<ParsedKey>): void {
		this.#agent.getIdentities((error, keys) => {
			if (error) {
				// An agent that is gone must not keep us from the keys in files.
				this.#notes.push(`the agent cannot be asked: ${error.message}`);
				callback(null, []);
				return;
			}

			// An OpenSSH agent gives parsed keys.
			const list = (keys ?? []) as ParsedKey[];
			const isWanted = (key: ParsedKey): boolean =>
				this.#wanted.some((wanted) => wanted.equals(key.getPublicSSH()));
			const wanted = list.filter(isWanted);
			callback(null, this.#only ? wanted : [...wanted, ...list.filter((key) => !isWanted(key))]);
		});
	}

	override sign(
		key: ParsedKey,
		data: Buffer,
		optionsOrCallback: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		if (typeof optionsOrCallback === 'function') {
			this.#agent.sign(key, data, optionsOrCallback);
		} else {
			this.#agent.sign(key, data, optionsOrCallback, callback);
		}
	}
}
