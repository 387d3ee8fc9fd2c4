import type { Secret } from '../shell/secret.ts';

/** How to reach one host, as the inventory says it. */
export type Target = {
	/** Name in the inventory, for messages. */
	readonly name: string;
	readonly connection: 'ssh' | 'openssh' | 'docker' | 'local';
	/** Address or alias of ssh_config(5); name or id of a container. */
	readonly host: string;
	readonly port?: number | undefined;
	readonly user?: string | undefined;
	/** Path on the controller; `~` is the home folder. */
	readonly privateKeyFile?: string | undefined;
	readonly password?: Secret | undefined;
	/** Options as for ssh(1), such as `-o UserKnownHostsFile=/etc/hosts.keys -J bastion`. */
	readonly commonArgs?: string | undefined;
	/** `strict`: an unknown host is refused. `accept-new`: its key is noted. A changed key is always refused. */
	readonly hostKeyChecking?: 'strict' | 'accept-new' | undefined;
	/** Seconds; 10 when not given. */
	readonly connectTimeout?: number | undefined;
};
