import type Docker from 'dockerode';
import { ifThere } from './docker.ts';
import { removeInventory } from './inventory-folder.ts';
import { labels, ofLab } from './labels.ts';

/**
 * Remove everything of a lab: hosts, volumes, network, and the inventory that led to it.
 * @returns how many hosts there were.
 */
export async function labDown(docker: Docker, id: string): Promise<number> {
	const filters = ofLab(id);
	const containers = await docker.listContainers({ all: true, filters });
	const networks = await docker.listNetworks({ filters });
	const { Volumes: volumes } = await docker.listVolumes({ filters });
	await Promise.all(
		containers.map(({ Id }) => ifThere(docker.getContainer(Id).remove({ force: true, v: true }))),
	);
	await Promise.all([
		...networks.map(({ Id }) => ifThere(docker.getNetwork(Id).remove())),
		...volumes.map(({ Name }) => ifThere(docker.getVolume(Name).remove())),
	]);
	const marks = [...containers, ...networks, ...volumes].map((thing) => thing.Labels);
	for (const folder of new Set(marks.map((mark) => mark?.[labels.folder]))) {
		if (folder !== undefined) {
			await removeInventory(folder);
		}
	}

	return containers.filter(({ Labels }) => Labels[labels.host] !== undefined).length;
}
