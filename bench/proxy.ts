import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Host } from './hosts.ts';

/** A long line: each byte arrives this much later, in both directions. */
export const delayMilliseconds = 50;

/** Proxies on addresses of their own, in front of hosts. */
export class Proxies {
	readonly hosts: readonly Host[];
	readonly #servers: readonly Server[];

	private constructor(hosts: readonly Host[], servers: readonly Server[]) {
		this.hosts = hosts;
		this.#servers = servers;
	}

	static async start(hosts: readonly Host[], port: number): Promise<Proxies> {
		const far = hosts.map((host) => ({ ...host, address: host.address.replace('127.2.', '127.3.') }));
		const servers = far.map((host, index) => slowly(host.address, hosts[index]?.address ?? '', port));
		return new Proxies(far, await Promise.all(servers));
	}

	stop(): void {
		for (const server of this.#servers) {
			server.close();
		}
	}
}

const slowly = (address: string, target: string, port: number): Promise<Server> =>
	new Promise((resolve, reject) => {
		const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
			const far = connect({ port, host: target, allowHalfOpen: true, noDelay: true });
			carry(near, far);
			carry(far, near);
		});
		server.once('error', reject);
		server.listen(port, address, () => resolve(server));
	});

/** Timers of one length fire in the order in which they were set, so nothing overtakes. */
function carry(from: Socket, to: Socket): void {
	from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMilliseconds));
	from.on('end', () => setTimeout(() => to.end(), delayMilliseconds));
	from.on('error', () => to.destroy());
	from.on('close', () => setTimeout(() => to.destroy(), delayMilliseconds));
}
