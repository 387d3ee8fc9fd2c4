import type Docker from 'dockerode';
import { labels, ofLab } from './labels.ts';

export type LabStatus = {
	readonly id: string;
	readonly topology: string;
	readonly image: string;
	readonly folder: string;
	/** None when only a network or a volume is left of it. */
	readonly hosts: readonly {
		readonly name: string;
		readonly address: string;
		/** As Docker says it: `Up 5 minutes`. */
		readonly status: string;
		readonly container: string;
	}[];
};

/** The labs of this machine, also what is left of one that was not taken down properly. */
export async function labs(docker: Docker): Promise<readonly LabStatus[]> {
	const filters = ofLab();
	const containers = await docker.listContainers({ all: true, filters });
	const networks = await docker.listNetworks({ filters });
	const { Volumes: volumes } = await docker.listVolumes({ filters });
	// The last one of an id counts: a host knows more of its lab than a mirror.
	const hosts = containers.filter(({ Labels }) => Labels[labels.host] !== undefined);
	const marks = new Map(
		[...volumes, ...networks, ...containers, ...hosts].map(({ Labels }) => [
			Labels?.[labels.lab] ?? '',
			Labels,
		]),
	);
	return [...marks]
		.sort(([a], [b]) => a.localeCompare(b))
		.map(([id, mark]) => ({
			id,
			topology: mark?.[labels.topology] ?? 'unknown',
			image: mark?.[labels.image] ?? 'unknown',
			folder: mark?.[labels.folder] ?? '',
			hosts: hosts
				.filter(({ Labels }) => Labels[labels.lab] === id)
				.map((container) => ({
					name: container.Labels[labels.host] ?? '',
					address: Object.values(container.NetworkSettings.Networks)[0]?.IPAddress ?? '',
					status: container.Status,
					container: container.Id.slice(0, 12),
				}))
				.sort((a, b) => a.name.localeCompare(b.name)),
		}));
}
