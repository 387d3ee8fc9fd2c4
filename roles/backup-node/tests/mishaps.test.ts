import { writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { play } from '../../../test/fixtures/containers/command-line.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { kills } from './kills.ts';
import { site, succeeds } from './lab.ts';
import { mishaps } from './mishaps.ts';
import { comesBack } from './restores.ts';
import { rotation } from './rotation.ts';

// Apart from the role's life: each half takes minutes.
const { other: image } = imagesOf('backup-node');

async function begin(t: ExecutionContext) {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, site.hosts, image);
	await site.prepare(lab);
	const again: Again = async (name, more) => {
		const playbook = `${lab.folder}-mishaps.yml`;
		await writeFile(
			playbook,
			JSON.stringify([
				{ hosts: 'all', become: true, vars: { ...site.vars, ...more }, roles: ['backup-node'] },
			]),
		);
		const started = Date.now();
		const result = await play(playbook, lab.folder);
		t.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s, ${result.effects.length} changes`);
		return result;
	};
	const first = await again('converge', {});
	t.is(first.code, 0, first.stdout);
	await succeeds(t, lab);
	return { lab, again };
}

test(`backup-node: what was lost comes back, and what goes wrong is told, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await comesBack(t, lab);
	await mishaps(t, lab, again);
});

test(`backup-node: kills in the middle, and another passphrase, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await kills(t, lab);
	await rotation(t, lab, again);
});
