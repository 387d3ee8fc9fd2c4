import { readFile } from 'node:fs/promises';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';

/** What the roles use on hosts: VPN clients, pods, services. A lab that overlaps would test something else. */
const ofRoles = ['10.15.0.0/16', '10.42.0.0/16', '10.43.0.0/16'];

/** Where labs live: 256 networks of 254 hosts. */
export const candidateSubnets: readonly string[] = Array.from(
	{ length: 256 },
	(_, index) => `172.30.${index}.0/24`,
);

/** The IPv4 networks that are in use around here: by roles, by Docker, by the interfaces and routes of this machine. */
export async function usedSubnets(docker: Docker): Promise<readonly string[]> {
	const networks = await docker.listNetworks();
	const ofDocker = networks.flatMap(({ IPAM }) => IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '');
	const ofInterfaces = Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.map(({ cidr }) => cidr ?? '');
	return [...ofRoles, ...ofDocker, ...ofInterfaces, ...(await routes())].filter((subnet) =>
		isIPv4(subnet.split('/')[0] ?? ''),
	);
}

/** Destinations of the routes, but not the default route, which is everything. */
async function routes(): Promise<readonly string[]> {
	const table = await readFile('/proc/net/route', 'utf8').catch(() => '');
	return table
		.split('\n')
		.slice(1)
		.flatMap((line) => {
			const [, destination, , , , , , mask] = line.split('\t');
			if (destination === undefined || mask === undefined || mask === '00000000') {
				return [];
			}

			const bits = [...Number.parseInt(mask, 16).toString(2)].filter((bit) => bit === '1').length;
			// The kernel prints them in its own byte order.
			const bytes = Buffer.from(destination, 'hex').reverse();
			return [`${bytes.join('.')}/${bits}`];
		});
}

/** Those of `subnets` that share no address with one of `used`. */
export const freeSubnets = (subnets: readonly string[], used: readonly string[]): readonly string[] =>
	subnets.filter((subnet) => !used.some((other) => overlap(subnet, other)));

function overlap(a: string, b: string): boolean {
	const within = (outer: string, inner: string) => {
		const [network = '', bits = '32'] = outer.split('/');
		const list = new BlockList();
		list.addSubnet(network, Number(bits), 'ipv4');
		return list.check(inner.split('/')[0] ?? '', 'ipv4');
	};
	return within(a, b) || within(b, a);
}
