import { Unreachable } from '../errors.ts';
import { fingerprint, judge, type KnownKey, keyType, knownKeys, knownName, remember } from './known-hosts.ts';
import type { SshOptions } from './ssh-options.ts';

/** Decides about the key that a host shows, before anything else is said to it. */
export class HostKeyCheck {
	readonly #host: string;
	readonly #name: string;
	readonly #options: SshOptions;
	readonly #known: readonly KnownKey[];
	/** Why the key was refused. */
	refusal: Unreachable | undefined;

	/** @param host name in the inventory */
	private constructor(host: string, name: string, options: SshOptions, known: readonly KnownKey[]) {
		this.#host = host;
		this.#name = name;
		this.#options = options;
		this.#known = known;
	}

	static async of(host: string, options: SshOptions): Promise<HostKeyCheck> {
		const name = options.hostKeyAlias ?? knownName(options.hostname, options.port);
		const files = [...options.knownHostsFiles, ...options.globalKnownHostsFiles];
		return new HostKeyCheck(host, name, options, await knownKeys(name, files));
	}

	/** The types of keys to ask for: those that are known first, else a host with several looks changed. */
	algorithms(): (
		| 'ssh-ed25519'
		| 'ecdsa-sha2-nistp256'
		| 'ecdsa-sha2-nistp384'
		| 'ecdsa-sha2-nistp521'
		| 'rsa-sha2-512'
		| 'rsa-sha2-256'
	)[] {
		const all = [
			'ssh-ed25519',
			'ecdsa-sha2-nistp256',
			'ecdsa-sha2-nistp384',
			'ecdsa-sha2-nistp521',
			'rsa-sha2-512',
			'rsa-sha2-256',
		] as const;
		const known = new Set(this.#known.filter(({ marker }) => marker === undefined).map(({ type }) => type));
		const isKnown = (algorithm: string): boolean =>
			known.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
		return [...all.filter(isKnown), ...all.filter((algorithm) => !isKnown(algorithm))];
	}

	async accepts(shown: Buffer): Promise<boolean> {
		const verdict = judge(this.#known, shown);
		const seen = `${keyType(shown)} ${fingerprint(shown)}`;
		switch (verdict.kind) {
			case 'known':
				return true;
			case 'revoked':
				return this.#refuse(
					`the key of ${this.#host} (${seen}) is revoked by ${verdict.by.file}:${verdict.by.line}`,
					'somebody may be in the way: ask the administrator of the host',
				);
			case 'changed':
				return this.#refuse(
					`the key of ${this.#host} has changed: known is ${verdict.known.type} ${fingerprint(verdict.known.key)} (${verdict.known.file}:${verdict.known.line}), seen was ${seen}`,
					`either somebody is in the way, or the host was installed anew; when you know that it was: ssh-keygen -f ${verdict.known.file} -R '${this.#name}'`,
				);
			case 'unknown':
				return this.#unknown(shown, seen);
		}
	}

	async #unknown(shown: Buffer, seen: string): Promise<boolean> {
		const { hostKeyChecking, hostname, port, hashKnownHosts, knownHostsFiles } = this.#options;
		const [file] = knownHostsFiles;
		if (hostKeyChecking === 'accept-new') {
			if (file !== undefined) {
				await remember(this.#name, shown, file, hashKnownHosts);
			}

			return true;
		}

		const authority = this.#known.find(({ marker }) => marker === '@cert-authority');
		if (authority !== undefined) {
			return this.#refuse(
				`the key of ${this.#host} is not known: ${seen}; an authority may vouch for it (@cert-authority at ${authority.file}:${authority.line})`,
				'only the ssh program of this machine reads certificates of hosts: set ansible_connection: openssh for it',
			);
		}

		const scan = `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${hostname} >> ${file ?? '~/.ssh/known_hosts'}`;
		return this.#refuse(
			`the key of ${this.#host} is not known: ${seen}`,
			`compare it with "ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub" on the host; if it is the same: ${scan}, or run with --accept-new-host-keys`,
		);
	}

	#refuse(message: string, hint: string): false {
		this.refusal = new Unreachable(message, { hint });
		return false;
	}
}
