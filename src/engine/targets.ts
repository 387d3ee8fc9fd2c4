import pLimit from 'p-limit';
import { connect } from '../connection/connect.ts';
import { BadInput } from '../errors.ts';
import { type ConnectionVariables, connectionVariables } from '../inventory/connection-variables.ts';
import { bounded, patienceFor } from '../session/patience.ts';
import { createSession } from '../session/session.ts';
import type { Vars } from '../vars/vars.ts';
import type { ExecuteOptions } from './options.ts';
import { Target } from './target.ts';

/** What a play or task says about reaching a host. */
export type Way = { readonly connection: string | undefined; readonly remoteUser: string | undefined };

/** All machines of a run: one session each per way of reaching it, opened when first used, closed at the end. */
export class Targets {
	readonly #targets = new Map<string, Target>();
	readonly #byName = new Map<string, readonly Target[]>();
	readonly #options: ExecuteOptions;
	readonly #handshakes: ReturnType<typeof pLimit>;

	constructor(options: ExecuteOptions) {
		this.#options = options;
		// Key exchange is the controller's CPU: more at a time than this only makes each of them slower.
		this.#handshakes = pLimit(Math.min(options.forks, 32));
	}

	/** Connects to nothing yet. `vars` are those of the host that is to be reached. */
	get(name: string, way: Way, vars: () => Vars): Target {
		const key = [name, way.connection ?? '', way.remoteUser ?? ''].join('\0');
		const known = this.#targets.get(key);
		if (known !== undefined) {
			return known;
		}

		const made = new Target(name, this.#session(name, way, vars));
		this.#targets.set(key, made);
		this.#byName.set(name, [...this.of(name), made]);
		return made;
	}

	/** Those that have been used. */
	all(): readonly Target[] {
		return [...this.#targets.values()];
	}

	/** Of one host, by whatever way. */
	of(name: string): readonly Target[] {
		return this.#byName.get(name) ?? [];
	}

	#session(name: string, way: Way, vars: () => Vars) {
		const options = this.#options;
		let read: ConnectionVariables | undefined;
		const variables = () => {
			read ??= readVariables(name, vars());
			return read;
		};
		return createSession({
			name,
			connect: () =>
				this.#handshakes(async () => {
					const { becomePassword: _, become: __, becomeUser: ___, becomeMethod: ____, ...own } = variables();
					const connecting = connect({
						...own,
						name,
						connection: connectionKind(name, way.connection ?? own.connection ?? options.connection ?? 'ssh'),
						host: own.host ?? name,
						connectTimeout: own.timeout,
						user: way.remoteUser ?? own.user ?? options.user,
						privateKeyFile: own.privateKeyFile ?? options.privateKeyFile,
						hostKeyChecking: options.acceptNewHostKeys ? 'accept-new' : (own.hostKeyChecking ?? 'strict'),
					});
					// From its turn on: of a thousand hosts the last ones wait long for it.
					return bounded(patienceFor(own.timeout).connecting, connecting, `${name}: no connection`, (late) =>
						late.close(),
					);
				}),
			patience: () => patienceFor(read?.timeout),
			becomePassword: async () => {
				const password = variables().becomePassword ?? (await options.becomePassword?.());
				if (password !== undefined) {
					options.redactor.add(password.reveal());
				}

				return password;
			},
			becomeMethod: oneOf(name, 'way to become another user', variables().becomeMethod ?? 'sudo', methods),
		});
	}
}

function readVariables(name: string, vars: Vars): ConnectionVariables {
	const values = [...vars.names()]
		.filter((variable) => variable.startsWith('ansible_'))
		.map((variable) => [variable, vars.get(variable)] as const);
	return connectionVariables(name, Object.fromEntries(values));
}

const kinds = ['ssh', 'openssh', 'docker', 'local'] as const;
const methods = ['sudo', 'su', 'doas'] as const;

// Ansible's names for the same thing, so that its inventories load unchanged.
const plainNames: Readonly<Record<string, string>> = {
	paramiko: 'ssh',
	smart: 'ssh',
	'community.docker.docker': 'docker',
};

const connectionKind = (host: string, name: string) =>
	oneOf(host, 'connection', plainNames[name] ?? name, kinds);

/** @throws BadInput that names what there is. */
function oneOf<T extends string>(host: string, what: string, name: string, known: readonly T[]): T {
	const found = known.find((one) => one === name);
	if (found === undefined) {
		throw new BadInput(`${host}: there is no ${what} "${name}"; there are ${known.join(', ')}`);
	}

	return found;
}
