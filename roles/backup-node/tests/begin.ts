import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { play } from '../../../test/fixtures/containers/command-line.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab, type TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { site, succeeds } from './lab.ts';

/** The image that the role does not live its life on. */
export const { other: image } = imagesOf('backup-node');

/** Hosts with the role, and a first copy. */
export async function begin(t: ExecutionContext): Promise<{ readonly lab: TestLab; readonly again: Again }> {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, site.hosts, image);
	await site.prepare(lab);
	const again: Again = async (name, more, ...words) => {
		const playbook = `${lab.folder}-mishaps.yml`;
		await writeFile(
			playbook,
			JSON.stringify([
				{ hosts: 'all', become: true, vars: { ...site.vars, ...more }, roles: ['backup-node'] },
			]),
		);
		const started = Date.now();
		const result = await play(playbook, lab.folder, words);
		t.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s, ${result.effects.length} changes`);
		return result;
	};
	const first = await again('converge', {});
	t.is(first.code, 0, first.stdout);
	await succeeds(t, lab);
	return { lab, again };
}
