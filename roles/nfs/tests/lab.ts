import { readFileSync } from 'node:fs';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const folder = '/srv/nfs/g2p';
const client = readFileSync(new URL('client.py', import.meta.url), 'utf8');

/** What a program on a host gets from the server. A server that has just started refuses for its grace period. */
export async function writeReadDelete(lab: TestLab, from: string, path = folder): Promise<string> {
	const line = `for attempt in 1 2 3 4 5 6 7 8; do python3 /root/client.py ${lab.address('storage1')} ${path} && exit 0; sleep 3; done; exit 1`;
	return (await lab.output(from, line)).trim();
}

export const hosts = [
	{ name: 'storage1', groups: ['storage'] },
	{ name: 'compute1', groups: ['rke2_servers'] },
	{ name: 'backup1', groups: ['backup'] },
	{ name: 'stranger1', groups: ['reverse_proxy'] },
] as const;
export const pattern = 'storage:rke2_servers:backup';

/** A disk of its own is mounted at /srv. */
export const vars = { nfs_export_disk: '/srv' };

/** Programs of clients, also where the role does not bring them. */
export const prepare = (lab: TestLab): Promise<unknown> =>
	Promise.all(
		['compute1', 'backup1', 'stranger1'].map((host) =>
			lab.output(
				host,
				`apt-get install -yq python3-minimal python3 ${host === 'stranger1' ? 'libnfs-utils' : ''}
cat >/root/client.py <<'END'\n${client}END`,
			),
		),
	);
