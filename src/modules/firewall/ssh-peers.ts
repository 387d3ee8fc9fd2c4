import type { Reader } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import { linesOf } from '../lib/lines.ts';

/** Somebody who uses ssh: on which port of the host, and from where (undefined when only sshd listens). */
export type SshPeer = { readonly port: number; readonly address?: string | undefined };

/** The ssh connections of a host; when there are none, the ports where sshd listens. */
export async function sshPeers(host: Reader): Promise<readonly SshPeer[]> {
	const ok = { ok: [0, 1, 127] };
	const [open, listening] = await Promise.all([
		host.read(sh`ss --no-header --tcp --numeric --processes state established`, ok),
		host.read(sh`ss --no-header --tcp --numeric --processes --listening`, ok),
	]);
	const users = sockets(open.stdout, 2, 3);
	return users.length > 0 ? users : sockets(listening.stdout, 3, 4).map(({ port }) => ({ port }));
}

const sockets = (text: string, local: number, peer: number): readonly SshPeer[] =>
	linesOf(text)
		.filter((line) => /"sshd(-session)?"/.test(line))
		.map((line) => line.trim().split(/\s+/))
		.map((words) => ({
			port: Number(words[local]?.split(':').at(-1)),
			address: addressOf(words[peer] ?? ''),
		}));

/** `192.0.2.1:50000`, `[2001:db8::1]:50000`, `[::ffff:192.0.2.1]:50000`, `[fe80::1%eth0]:50000` */
const addressOf = (socket: string): string =>
	socket
		.replace(/:[^:]*$/, '')
		.replace(/^\[(.*)\]$/, '$1')
		.replace(/^::ffff:/, '')
		.replace(/%.*$/, '');
