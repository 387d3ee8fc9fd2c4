import ssh2 from 'ssh2';
import type { TarEntry } from './tar.ts';

/** An SSH key pair in OpenSSH's text forms. */
export type KeyPair = { readonly private: string; readonly public: string };

/** "ssh-ed25519" and 32 bytes, each with its length in front. */
const publicKeySize = 4 + 11 + 4 + 32;

/** A new Ed25519 pair. For throw-away use: it has no passphrase. */
export function newKeyPair(comment: string): KeyPair {
	const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
	const [, key = ''] = pair.public.split(' ');
	// ssh2 loses a first byte that is 0, which one key in 256 has, and OpenSSH refuses what is left.
	return Buffer.from(key, 'base64').length === publicKeySize ? pair : newKeyPair(comment);
}

/** Uid and gid of `admin` in the images. */
const admin = 1000;

/** The files that let the holder of a key log in, as `admin` and as root. */
export const loginFiles = (publicKey: string): readonly TarEntry[] => [
	{ path: 'root/.ssh/', mode: 0o700 },
	{ path: 'root/.ssh/authorized_keys', mode: 0o600, content: `${publicKey.trim()}\n` },
	{ path: 'home/admin/.ssh/', mode: 0o700, uid: admin, gid: admin },
	{
		path: 'home/admin/.ssh/authorized_keys',
		mode: 0o600,
		uid: admin,
		gid: admin,
		content: `${publicKey.trim()}\n`,
	},
];

/** The files that give a host its identity. */
export const hostKeyFiles = (pair: KeyPair): readonly TarEntry[] => [
	{ path: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: pair.private },
	{ path: 'etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, content: `${pair.public}\n` },
];
