import { didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';

export type LabHost = {
	readonly name: string;
	readonly groups: readonly string[];
};

/** Hosts and what they are for. The groups are the ones that the playbooks speak of. */
export type Topology = {
	readonly name: string;
	readonly summary: string;
	readonly hosts: readonly LabHost[];
};

/** The groups of every topology; those without a member are written too, so that playbooks may name them. */
export const roleGroups = [
	'reverse_proxy',
	'rke2_servers',
	'rke2_agents',
	'storage',
	'backup',
	'dns',
] as const;

export const topologies: readonly Topology[] = [
	{
		name: 'sandbox',
		summary: 'one host that is everything',
		hosts: [{ name: 'sandbox1', groups: ['reverse_proxy', 'rke2_servers', 'storage', 'backup', 'dns'] }],
	},
	{
		name: 'prod-minimum',
		summary: 'four hosts: reverse proxy, compute, storage, backup',
		hosts: [
			{ name: 'rp1', groups: ['reverse_proxy'] },
			{ name: 'compute1', groups: ['rke2_servers'] },
			{ name: 'storage1', groups: ['storage'] },
			{ name: 'backup1', groups: ['backup'] },
		],
	},
	{
		name: 'prod-ha',
		summary: 'ten hosts: two reverse proxies, three servers, two agents, two storage, one backup',
		hosts: [
			{ name: 'rp1', groups: ['reverse_proxy'] },
			{ name: 'rp2', groups: ['reverse_proxy'] },
			{ name: 'compute1', groups: ['rke2_servers'] },
			{ name: 'compute2', groups: ['rke2_servers'] },
			{ name: 'compute3', groups: ['rke2_servers'] },
			{ name: 'agent1', groups: ['rke2_agents'] },
			{ name: 'agent2', groups: ['rke2_agents'] },
			{ name: 'storage1', groups: ['storage'] },
			{ name: 'storage2', groups: ['storage'] },
			{ name: 'backup1', groups: ['backup'] },
		],
	},
];

/** @throws BadInput when there is none of that name. */
export function topologyNamed(name: string): Topology {
	const found = topologies.find((topology) => topology.name === name);
	if (found === undefined) {
		const names = topologies.map((topology) => topology.name);
		throw new BadInput(`there is no topology "${name}"`, {
			hint: didYouMean(name, names) ?? `choose one of ${names.join(', ')}`,
		});
	}

	return found;
}
