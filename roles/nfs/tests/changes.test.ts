import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { play } from '../../../test/fixtures/containers/command-line.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { parts, whole } from './attack.ts';
import { hosts, pattern, prepare, vars } from './lab.ts';
import { occupied, removals } from './removals.ts';
import { renames } from './renames.ts';

// Apart from the role's life: by themselves each takes minutes.
const { other: image } = imagesOf('nfs');

test(`nfs: parts, names that change, and what runs that were killed leave, on ${image}`, async (t) => {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, hosts, image);
	await prepare(lab);
	const again: Again = async (name, more) => {
		// Nobody has locks to take back: without its list of clients a server that starts waits for none.
		await lab.run(
			'storage1',
			'find /var/lib/nfs/ganesha -type f -delete; find /var/lib/nfs/ganesha -mindepth 3 -delete',
		);
		const playbook = `${lab.folder}-changes.yml`;
		await writeFile(
			playbook,
			JSON.stringify([{ hosts: pattern, become: true, vars: { ...vars, ...more }, roles: ['nfs'] }]),
		);
		const started = Date.now();
		const result = await play(playbook, lab.folder, []);
		t.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s, ${result.effects.length} changes`);
		return result;
	};

	const first = await again('converge', {});
	t.is(first.code, 0, first.stdout);
	await whole(t, lab);
	await parts(t, lab, again);
	await renames(t, lab, again);
	await removals(t, lab, again);
	await occupied(t, lab, again);
});
