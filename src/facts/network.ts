import type { Facts } from '../module/facts.ts';
import { lines, type Probes, type Said } from './sections.ts';

export const networkProbes: Probes = {
	links: 'ip -o link',
	addresses: 'ip -o addr',
	route: 'ip -4 route show default',
};

type Interface = Facts['interfaces'][string];

export function network(said: Said): Pick<Facts, 'interfaces' | 'default_ipv4' | 'all_ipv4'> {
	const interfaces = withAddresses(links(said('links')), said('addresses'));
	return {
		interfaces: Object.fromEntries(interfaces),
		default_ipv4: defaultRoute(said('route'), interfaces),
		all_ipv4: [...interfaces.values()]
			.flatMap(({ ipv4 }) => ipv4.map(({ address }) => address))
			.filter((address) => !address.startsWith('127.')),
	};
}

/** `2: eth0@if5: <BROADCAST,UP,LOWER_UP> mtu 1500 … link/ether 02:42:ac:11:00:02 …` */
function links(text: string): ReadonlyMap<string, Interface> {
	return new Map(
		lines(text).flatMap((line) => {
			const [, name, flags = ''] = /^\d+:\s+([^:@\s]+)(?:@\S+)?:\s+<([^>]*)>/.exec(line) ?? [];
			if (name === undefined) {
				return [];
			}

			return [
				[
					name,
					{
						ipv4: [],
						ipv6: [],
						mac: /link\/ether ([0-9a-f:]{17})/.exec(line)?.[1] ?? null,
						mtu: Number(/ mtu (\d+)/.exec(line)?.[1] ?? 0),
						up: flags.split(',').includes('UP'),
					},
				],
			];
		}),
	);
}

/** `2: eth0    inet 172.17.0.2/16 …`; of a point-to-point link the own address, not the peer's. */
function withAddresses(found: ReadonlyMap<string, Interface>, text: string): ReadonlyMap<string, Interface> {
	const all = new Map(found);
	for (const line of lines(text)) {
		const [, name = '', family, address = '', prefix] =
			/^\d+:\s+(\S+)\s+(inet6?) ([0-9a-f.:]+)(?: peer [0-9a-f.:]+)?(?:\/(\d+))?/.exec(line) ?? [];
		const known = all.get(name);
		if (known === undefined) {
			continue;
		}

		const entry = { address, prefix: Number(prefix ?? (family === 'inet' ? 32 : 128)) };
		all.set(
			name,
			family === 'inet'
				? { ...known, ipv4: [...known.ipv4, entry] }
				: { ...known, ipv6: [...known.ipv6, entry] },
		);
	}

	return all;
}

/** `default via 172.17.0.1 dev eth0 …`: of several, the one with the smallest metric. */
function defaultRoute(text: string, interfaces: ReadonlyMap<string, Interface>): Facts['default_ipv4'] {
	const routes = lines(text)
		.map((line) => ({ line, metric: Number(/ metric (\d+)/.exec(line)?.[1] ?? 0) }))
		.sort((a, b) => a.metric - b.metric);
	const line = routes[0]?.line ?? '';
	const name = / dev (\S+)/.exec(line)?.[1];
	const address = / src (\S+)/.exec(line)?.[1] ?? interfaces.get(name ?? '')?.ipv4[0]?.address;
	return name === undefined || address === undefined
		? null
		: { address, interface: name, gateway: / via (\S+)/.exec(line)?.[1] ?? '' };
}
