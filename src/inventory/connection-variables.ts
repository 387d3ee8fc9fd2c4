import { BadInput } from '../errors.ts';
import { Secret } from '../shell/secret.ts';

/** What the inventory says about reaching a host. undefined: it says nothing. */
export type ConnectionVariables = {
	/** `ssh`, `openssh`, `docker`, `local`. */
	readonly connection: string | undefined;
	/** Address, when it is not the host's name. */
	readonly host: string | undefined;
	readonly port: number | undefined;
	readonly user: string | undefined;
	readonly password: Secret | undefined;
	readonly privateKeyFile: string | undefined;
	readonly privateKeyPassphrase: Secret | undefined;
	/** Arguments for `ssh`, one text: common, then extra ones. */
	readonly commonArgs: string | undefined;
	readonly hostKeyChecking: 'strict' | 'accept-new' | undefined;
	/** Seconds to wait for a connection. */
	readonly timeout: number | undefined;
	readonly become: boolean | undefined;
	readonly becomeUser: string | undefined;
	readonly becomeMethod: string | undefined;
	readonly becomePassword: Secret | undefined;
};

type Values = Readonly<Record<string, unknown>>;

/**
 * The connection of a host, from its rendered variables, by Ansible's names. Of several names for one thing the
 * one that Ansible prefers wins.
 * @throws BadInput when a value has a wrong type, with the name of the host.
 */
export function connectionVariables(name: string, values: Values): ConnectionVariables {
	const read = new Reader(name, values);
	const args = [read.text('ansible_ssh_common_args'), read.text('ansible_ssh_extra_args')].filter(
		(text) => text !== undefined && text !== '',
	);
	return {
		connection: connectionName(read.text('ansible_connection')),
		host: read.text('ansible_host', 'ansible_ssh_host'),
		port: read.wholeNumber(1, 65_535, 'ansible_port', 'ansible_ssh_port'),
		user: read.text('ansible_user', 'ansible_ssh_user'),
		password: read.secret('ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass'),
		privateKeyFile: read.text('ansible_private_key_file', 'ansible_ssh_private_key_file'),
		privateKeyPassphrase: read.secret('ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'),
		commonArgs: args.length === 0 ? undefined : args.join(' '),
		hostKeyChecking: hostKeyChecking(read),
		timeout: read.wholeNumber(1, 86_400, 'ansible_timeout', 'ansible_ssh_timeout'),
		become: read.boolean('ansible_become'),
		becomeUser: read.text('ansible_become_user'),
		becomeMethod: read.text('ansible_become_method'),
		becomePassword: read.secret('ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'),
	};
}

/** Ansible's names for the ways that we have. */
function connectionName(name: string | undefined): string | undefined {
	const short = name?.split('.').at(-1);
	return short === 'smart' || short === 'paramiko' || short === 'paramiko_ssh' ? 'ssh' : short;
}

/** Off means "accept a key the first time": a key that has changed is never accepted. */
function hostKeyChecking(read: Reader): ConnectionVariables['hostKeyChecking'] {
	const word = read.raw('ansible_host_key_checking', 'ansible_ssh_host_key_checking');
	if (word?.value === 'strict' || word?.value === 'accept-new') {
		return word.value;
	}

	const checked = read.boolean('ansible_host_key_checking', 'ansible_ssh_host_key_checking');
	return checked === undefined ? undefined : checked ? 'strict' : 'accept-new';
}

const yes = /^(?:yes|true|on|y|t|1)$/i;
const no = /^(?:no|false|off|n|f|0)$/i;

class Reader {
	readonly #host: string;
	readonly #values: Values;
	constructor(host: string, values: Values) {
		this.#host = host;
		this.#values = values;
	}

	/** The first of these variables that says something; secrets opened. */
	raw(...names: readonly string[]): { readonly name: string; readonly value: unknown } | undefined {
		for (const name of names) {
			const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
			if (value !== undefined && value !== null) {
				return { name, value: value instanceof Secret ? value.reveal() : value };
			}
		}

		return undefined;
	}

	/** Numbers are taken as their digits: a password may be one. */
	text(...names: readonly string[]): string | undefined {
		const found = this.raw(...names);
		if (found === undefined || found.value === '') {
			return undefined;
		}

		return typeof found.value === 'string' || typeof found.value === 'number'
			? String(found.value)
			: this.#refuse(found, 'a text');
	}

	secret(...names: readonly string[]): Secret | undefined {
		const text = this.text(...names);
		return text === undefined ? undefined : new Secret(text);
	}

	wholeNumber(least: number, most: number, ...names: readonly string[]): number | undefined {
		const found = this.raw(...names);
		if (found === undefined || found.value === '') {
			return undefined;
		}

		const number =
			typeof found.value === 'string' && /^\d+$/.test(found.value) ? Number(found.value) : found.value;
		return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
			? number
			: this.#refuse(found, `a whole number from ${least} to ${most}`);
	}

	/** Inventories that were written for Ansible say `yes`, which is a text in YAML 1.2. */
	boolean(...names: readonly string[]): boolean | undefined {
		const found = this.raw(...names);
		if (found === undefined || found.value === '') {
			return undefined;
		}

		const word = String(found.value);
		return yes.test(word) ? true : no.test(word) ? false : this.#refuse(found, 'true or false');
	}

	#refuse({ name }: { readonly name: string }, expected: string): never {
		const value = this.#values[name];
		const shown = value instanceof Secret ? 'a secret that is not' : JSON.stringify(value);
		throw new BadInput(`host "${this.#host}": ${name} must be ${expected}, and is ${shown}`, {
			hint: `"g2pbook vars ${this.#host} --explain ${name}" shows where it comes from`,
		});
	}
}
