import { setTimeout as sleep } from 'node:timers/promises';
import type { TestFn } from 'ava';
import { contractsOnGround, type GroundHost } from './contracts-on-ground.ts';
import { differences, fingerprint as hostFingerprint } from './fixtures/containers/fingerprint.ts';
import { fingerprint as clusterFingerprint } from './fixtures/kube/fingerprint.ts';
import { startServer } from './fixtures/kube/server.ts';

// Where a control plane writes all the time.
const ofControlPlane = ['/var/lib/rancher', '/var/lib/kubelet'];

/** What every noun of the family `kubernetes` owes, on a host that is the server of a cluster and has Helm. */
export const contractsOnCluster = (test: TestFn): ReturnType<typeof contractsOnGround> =>
	contractsOnGround(test, {
		has: (family) => family === 'kubernetes',
		start: startServer,
		settle: untilQuiet,
		fingerprint: async (host) =>
			new Map([
				...(await clusterFingerprint(host)),
				...(await hostFingerprint({ ...host, busy: ofControlPlane })),
			]),
	});

/** Controllers still work on what was set up; a cluster of which nothing changes for a while is at rest. */
async function untilQuiet(host: GroundHost): Promise<void> {
	for (let left = 60, before = await clusterFingerprint(host), same = 0; same < 3; left -= 1) {
		if (left === 0) {
			throw new Error('the cluster does not come to rest after what the rows have set up');
		}

		await sleep(2000);
		const now = await clusterFingerprint(host);
		same = differences(before, now).length === 0 ? same + 1 : 0;
		before = now;
	}
}
