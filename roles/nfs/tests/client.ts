import { readFileSync } from 'node:fs';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const folder = '/srv/nfs/g2p';
export const client = readFileSync(new URL('client.py', import.meta.url), 'utf8');

/** What a program on a host gets from the server. A server that has just started refuses for its grace period. */
export async function writeReadDelete(lab: TestLab, from: string, path = folder): Promise<string> {
	const line = `for attempt in 1 2 3 4 5 6 7 8; do python3 /root/client.py ${lab.address('storage1')} ${path} && exit 0; sleep 3; done; exit 1`;
	return (await lab.output(from, line)).trim();
}
