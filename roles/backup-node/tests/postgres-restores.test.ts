import test from 'ava';
import { startLab } from '../../../test/fixtures/containers/lab.ts';
import { converge, hosts, prepare, verify } from './postgres-lab.ts';
import { comesBack } from './postgres-restores.ts';

test('a cluster comes back as it was at a moment', async (t) => {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, hosts);
	await prepare(lab);
	const first = await converge(lab);
	t.is(first.code, 0, first.stdout + first.stderr);
	await verify(t, lab);
	await comesBack(t, lab);
});
