import { resolve } from 'node:path';
import type Docker from 'dockerode';
import type { Container, ContainerInfo } from 'dockerode';
import { BadInput } from '../errors.ts';
import { containerOptions } from './container.ts';
import type { Distribution } from './distributions.ts';
import { openDocker } from './docker.ts';
import { ensureImage } from './images.ts';
import { raiseInotify } from './inotify.ts';
import { outputInside, runInside } from './inside.ts';
import { prepareFolder, writeInventory } from './inventory-folder.ts';
import { hostKeyFiles, type KeyPair, loginFiles, newKeyPair } from './keys.ts';
import { type Lab, type LabHostUp, labId } from './lab.ts';
import { labels, ofLab } from './labels.ts';
import { addressIn, ensureNetwork, type LabNetwork } from './network.ts';
import { untilReady } from './ready.ts';
import { tar } from './tar.ts';
import type { LabHost, Topology } from './topologies.ts';

export type LabWish = {
	readonly topology: Topology;
	readonly distribution: Distribution;
	/** Where the inventory goes; it also names the lab. */
	readonly folder: string;
	/** Further labels for all that the lab makes. */
	readonly labels?: Readonly<Record<string, string>>;
	/** Told what takes time. */
	readonly tell?: (line: string) => void;
};

/**
 * Bring a lab up: the hosts that are missing are made, those that stopped are started, those that run are left
 * alone. When it returns, `ssh` reaches every host with what the inventory says.
 * @throws UserError when Docker, the image or a host does not come; BadInput when another lab is in the way.
 */
export async function labUp(wish: LabWish): Promise<Lab> {
	const { topology, distribution, tell = () => undefined } = wish;
	const folder = resolve(wish.folder);
	const id = labId(folder);
	const docker = await openDocker();
	const containers = await docker.listContainers({ all: true, filters: ofLab(id) });
	const present = containers.filter(({ Labels }) => Labels[labels.host] !== undefined);
	const mirror = containers.find(({ Labels }) => Labels[labels.mirror] !== undefined);
	refuseOther(present, topology.name, distribution.name);
	const key = await prepareFolder(folder);
	const image = await ensureImage(docker, distribution, tell);
	const marks = {
		...wish.labels,
		[labels.lab]: id,
		[labels.topology]: topology.name,
		[labels.image]: distribution.name,
		[labels.folder]: folder,
	};
	const network = await ensureNetwork(docker, id, marks);
	const missing = topology.hosts.length - present.length;
	tell(`Lab ${id}: ${topology.hosts.length} hosts (${missing} to be made) on ${network.subnet} …`);
	const { CgroupVersion, KernelVersion } = await docker.info();
	await raiseInotify(KernelVersion, tell);
	const context = {
		docker,
		id,
		key,
		image,
		network,
		marks,
		cgroupVersion: CgroupVersion === '1' ? '1' : '2',
	} as const;
	const hosts = await Promise.all(
		topology.hosts.map((host, index) =>
			bringUp(
				host,
				addressIn(network.subnet, index),
				present.find(({ Labels }) => Labels[labels.host] === host.name),
				context,
			),
		),
	);
	const hostKeys = new Map(await Promise.all(hosts.map(hostKeyOf)));
	if (mirror !== undefined && mirror.State !== 'running') {
		await docker.getContainer(mirror.Id).start();
	}

	const variables = JSON.parse(mirror?.Labels[labels.variables] ?? '{}') as Readonly<Record<string, unknown>>;
	await writeInventory(folder, hosts, hostKeys, variables);
	return { id, topology: topology.name, folder, subnet: network.subnet, hosts };
}

type Context = {
	readonly docker: Docker;
	readonly id: string;
	readonly key: KeyPair;
	readonly image: string;
	readonly network: LabNetwork;
	readonly marks: Readonly<Record<string, string>>;
	readonly cgroupVersion: '1' | '2';
};

function refuseOther(present: readonly ContainerInfo[], topology: string, image: string): void {
	const other = present.find(
		({ Labels }) => Labels[labels.topology] !== topology || Labels[labels.image] !== image,
	);
	if (other !== undefined) {
		const { [labels.topology]: itsTopology, [labels.image]: itsImage } = other.Labels;
		throw new BadInput(`this lab is up as ${itsTopology} on ${itsImage}, not ${topology} on ${image}`, {
			hint: 'take it down first ("g2pbook lab down" with the --name or --folder that it has), or give the new one its own --name',
		});
	}
}

async function bringUp(
	host: LabHost,
	address: string,
	present: ContainerInfo | undefined,
	context: Context,
): Promise<LabHostUp> {
	const container =
		present === undefined ? await make(host, address, context) : context.docker.getContainer(present.Id);
	if (present?.State !== 'running') {
		await container.start();
	}

	const failedUnits = await untilReady(container, host.name, address);
	if (present !== undefined) {
		await allowLogin(container, context.key);
	}

	return { ...host, address, container, failedUnits };
}

async function make(host: LabHost, address: string, context: Context): Promise<Container> {
	const { docker, id, image, network, marks, key } = context;
	const name = `g2pbook-${id}-${host.name}`;
	const volume = host.groups.includes('storage') ? `${name}-srv` : undefined;
	if (volume !== undefined) {
		await docker.createVolume({ Name: volume, Labels: { ...marks } });
	}

	const container = await docker.createContainer(
		containerOptions(
			{
				name,
				hostname: host.name,
				image,
				labels: { ...marks, [labels.host]: host.name },
				network: { name: network.name, address },
				volume,
				init: 'systemd',
			},
			context.cgroupVersion,
		),
	);
	await container.putArchive(tar([...hostKeyFiles(newKeyPair(host.name)), ...loginFiles(key.public)]), {
		path: '/',
	});
	return container;
}

/** The folder with the key may have been lost while the hosts lived on. */
async function allowLogin(container: Container, key: KeyPair): Promise<void> {
	const { stdout } = await runInside(container, 'cat /home/admin/.ssh/authorized_keys');
	if (!stdout.includes(key.public.trim())) {
		await container.putArchive(tar(loginFiles(key.public)), { path: '/' });
	}
}

/** Asked of the container by way of the engine, which nobody in between can forge. */
async function hostKeyOf({ name, container }: LabHostUp): Promise<[string, string]> {
	const line = await outputInside(container, 'cat /etc/ssh/ssh_host_ed25519_key.pub');
	const [type = '', key = ''] = line.trim().split(' ');
	return [name, `${type} ${key}`];
}
