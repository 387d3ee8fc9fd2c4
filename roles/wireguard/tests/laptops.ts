import { generateKeyPairSync } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export type Laptop = {
	readonly name: string;
	readonly address: string;
	readonly key: string;
	readonly peer: { readonly name: string; readonly address: string; readonly public_key: string };
};

export const server = '10.15.0.1';

/** A laptop with WireGuard: its keys, and its address inside the tunnel. */
export function laptop(name: string, address: string): Laptop {
	const { privateKey } = generateKeyPairSync('x25519');
	const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
	const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64');
	return { name, address, key: base64(d), peer: { name, address, public_key: base64(x) } };
}

/** The same laptop at another address of the tunnel. */
export const at = (one: Laptop, address: string): Laptop => ({
	...one,
	address,
	peer: { ...one.peer, address },
});

/** Put a client file on a laptop, and connect with it. */
export const connectWith = (lab: TestLab, host: string, text: string): Promise<string> =>
	lab.output(
		host,
		// The program of the last tunnel ends a moment after it, and there can be only one of that name.
		`umask 077; wg-quick down wg0 2>/dev/null
		timeout 20 sh -c 'while grep -qsx wireguard-go /proc/[0-9]*/comm; do sleep 0.1; done'
		cat >/etc/wireguard/wg0.conf <<'END' && wg-quick up wg0\n${text}\nEND`,
	);

/**
 * Connect as an administrator does, with a client file that names the server's key; everything of the tunnel goes
 * through it, whether the server lets it pass or not.
 */
export async function connect(
	lab: TestLab,
	{ name, address, key }: Laptop,
	{ port = 51820, of = 'wg0', routes = '10.15.0.0/16' } = {},
): Promise<void> {
	const serverKey = (await lab.output('rp1', `wg show ${of} public-key`)).trim();
	await connectWith(
		lab,
		name,
		[
			'[Interface]',
			`PrivateKey = ${key}`,
			`Address = ${address}/32`,
			'[Peer]',
			`PublicKey = ${serverKey}`,
			`Endpoint = ${lab.address('rp1')}:${port}`,
			`AllowedIPs = ${routes}`,
			'PersistentKeepalive = 25',
		].join('\n'),
	);
}

export const answers = async (lab: TestLab, from: string, to = server): Promise<boolean> =>
	(await lab.run(from, `ping -c 3 -i 0.5 -W 2 ${to}`)).code === 0;

/** Whether a connection over TCP comes about. */
export async function reaches(lab: TestLab, from: string, address: string, port: number): Promise<boolean> {
	const line = `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null`;
	return (await lab.run(from, line)).code === 0;
}

/** Whether something comes to hold in this time. */
export async function within(milliseconds: number, holds: () => Promise<boolean>): Promise<boolean> {
	const until = Date.now() + milliseconds;
	while (Date.now() < until) {
		if (await holds()) {
			return true;
		}
	}

	return false;
}

/** Ten pings a second from a host, while something else is done: none may be lost. */
export async function noneLost(
	t: ExecutionContext,
	lab: TestLab,
	[from, to]: readonly [string, string],
	work: () => Promise<unknown>,
): Promise<void> {
	await lab.output(from, `setsid ping -i 0.1 ${to} >/tmp/ping 2>&1 </dev/null &`);
	await work();
	await lab.output(from, 'kill -INT "$(pidof ping)"; sleep 1');
	const said = await lab.output(from, 'cat /tmp/ping');
	const answered = [...said.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, number]) => Number(number));
	const sent = Number(/(\d+) packets transmitted/.exec(said)?.[1]);
	// The last one may be on its way when ping is ended, which then counts it as lost.
	const wanted = Array.from({ length: Math.max(sent - 1, 1) }, (_, index) => index + 1);
	t.deepEqual(
		wanted.filter((number) => !answered.includes(number)),
		[],
		said.slice(-500),
	);
}
