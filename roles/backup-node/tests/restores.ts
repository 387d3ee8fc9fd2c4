import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type PlayedRun, play, repository } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { copies, fingerprint, folder, job, sources, storage, succeeds } from './lab.ts';

const restore = (
	lab: TestLab,
	vars: Readonly<Record<string, unknown>>,
	...words: string[]
): Promise<PlayedRun> =>
	play(join(repository, 'playbooks/restore-files.yml'), lab.folder, [
		'-e',
		JSON.stringify({ backup_node_sources: sources, ...vars }),
		...words,
	]);

/** A tree of a thousand files is destroyed, and comes back as it was. */
export async function comesBack(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await lab.output(storage, `cd ${folder} && ${fingerprint}`);
	const { snapshot } = await succeeds(t, lab);
	const names = await restore(lab, {});
	t.is(names.code, 0, names.stdout);
	t.true(names.stdout.includes(snapshot), 'without more it names the copies');
	t.deepEqual(names.effects, []);

	const wanted = {
		backup_node_restore: job,
		backup_node_restore_copy: snapshot,
		backup_node_restore_paths: [folder],
	};
	const beside = await restore(lab, wanted);
	t.is(beside.code, 0, beside.stdout + beside.stderr);
	const place = `/var/lib/g2pbook-restored/${job}-${snapshot}`;
	t.is(await lab.output(storage, `cd ${place}${folder} && ${fingerprint}`), before);
	t.is((await restore(lab, wanted)).code, 5, 'not into a folder that is there');
	await lab.output(
		storage,
		`rm -rf ${place}; rm -rf ${folder}/d1 ${folder}/--help; echo lost >${folder}/after`,
	);

	const inPlace = { ...wanted, backup_node_restore_in_place: job };
	const check = await restore(lab, inPlace, '--check');
	t.is(check.code, 0, check.stdout);
	t.regex(
		check.stdout.replaceAll(/\s+/g, ' '),
		new RegExp(`Written since that copy, and not in it: .*${folder}/after`),
	);
	t.is(
		(await lab.run(storage, `test -e ${folder}/d1 || test -e ${place}`)).code,
		1,
		'a check changes nothing',
	);
	t.is((await restore(lab, { ...inPlace, backup_node_restore_in_place: 'other' })).code, 5);
	t.is(
		(await restore(lab, { ...wanted, backup_node_restore_paths: ['/etc/shadow'] })).code,
		5,
		'not in the copy',
	);

	const back = await restore(lab, inPlace);
	t.is(back.code, 0, back.stdout + back.stderr);
	t.is(await lab.output(storage, `cd ${folder} && ${fingerprint}`), before);
	t.is(
		(await lab.output(storage, `cat ${folder}.before-restore/after`)).trim(),
		'lost',
		'what was there is kept',
	);
	const left = `ls -d /etc/g2pbook/backup-restore /etc/sudoers.d/g2pbook-restore /var/lib/g2pbook-source/.ssh/authorized_keys2 2>/dev/null`;
	t.is((await lab.run(storage, left)).stdout, '', 'the backup host can send no more');
	await lab.output(storage, `rm -rf ${folder}.before-restore ${place}`);
	t.true((await copies(lab)).includes(snapshot));
}
