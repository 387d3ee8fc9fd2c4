import type Docker from 'dockerode';
import { UserError } from '../errors.ts';
import { ofLab } from './labels.ts';
import { candidateSubnets, freeSubnets, usedSubnets } from './subnets.ts';

export type LabNetwork = { readonly name: string; readonly subnet: string };

/**
 * The network of a lab, made when it has none. Its hosts reach each other and the outside, no other lab.
 * @throws UserError when no subnet is free.
 */
export async function ensureNetwork(
	docker: Docker,
	id: string,
	labels: Readonly<Record<string, string>>,
): Promise<LabNetwork> {
	const [present] = await docker.listNetworks({ filters: ofLab(id) });
	const subnet = present?.IPAM?.Config?.[0]?.Subnet;
	if (present !== undefined && subnet !== undefined) {
		return { name: present.Name, subnet };
	}

	const name = `g2pbook-${id}`;
	for (const candidate of freeSubnets(candidateSubnets, await usedSubnets(docker))) {
		try {
			await docker.createNetwork({
				Name: name,
				CheckDuplicate: true,
				IPAM: { Driver: 'default', Config: [{ Subnet: candidate }] },
				Labels: { ...labels },
			});
			return { name, subnet: candidate };
		} catch (error) {
			// Another lab was quicker to take it.
			if (!/overlap/i.test(String(error))) {
				throw error;
			}
		}
	}

	throw new UserError('no subnet is free for the lab: all of 172.30.0.0/16 is in use', {
		hint: '"g2pbook lab status" lists the labs: remove those that are no longer needed, g2pbook lab down --folder FOLDER',
	});
}

/**
 * The address number `index` (from 0) for hosts: .1 is the gateway, those up to .9 are kept free for roles (VIPs), and .10 is
 * the mirror's.
 */
export const addressIn = (subnet: string, index: number): string =>
	subnet.replace(/\.\d+\/\d+$/, `.${11 + index}`);

/** The address of the lab's mirror. */
export const mirrorAddressIn = (subnet: string): string => addressIn(subnet, -1);
