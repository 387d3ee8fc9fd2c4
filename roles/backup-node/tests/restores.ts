import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type PlayedRun, play, repository } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { copies, fingerprint, folder, job, sources, storage, succeeds } from './lab.ts';

export const restore = (
	lab: TestLab,
	vars: Readonly<Record<string, unknown>>,
	...words: string[]
): Promise<PlayedRun> =>
	play(join(repository, 'playbooks/restore-files.yml'), lab.folder, [
		'-e',
		JSON.stringify({ backup_node_sources: sources, ...vars }),
		...words,
	]);

export const wanted = (copy: string) => ({
	backup_node_restore: job,
	backup_node_restore_copy: copy,
	backup_node_restore_paths: [folder],
});

export const place = (copy: string): string => `/var/lib/g2pbook-restored/${job}-${copy}`;

/** What lets the backup host send, as long as a restore takes. */
export const doors =
	'/etc/g2pbook/backup-restore /etc/sudoers.d/g2pbook-restore /var/lib/g2pbook-source/.ssh/authorized_keys2';

/** A tree of a thousand files is destroyed, and comes back as it was. */
export async function comesBack(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await lab.output(storage, `cd ${folder} && ${fingerprint}`);
	const { snapshot } = await succeeds(t, lab);
	const names = await restore(lab, {});
	t.is(names.code, 0, names.stdout);
	t.true(names.stdout.includes(snapshot), 'without more it names the copies');
	t.deepEqual(names.effects, []);

	const words = wanted(snapshot);
	const beside = await restore(lab, words);
	t.is(beside.code, 0, beside.stdout + beside.stderr);
	const came = place(snapshot);
	t.is(await lab.output(storage, `cd ${came}${folder} && ${fingerprint}`), before);
	t.is((await restore(lab, words)).code, 5, 'not into a folder that is there');
	await lab.output(storage, `rm -rf ${came}; find ${folder} -mindepth 1 -delete; echo lost >${folder}/after`);
	await parts(t, lab, snapshot);

	const inPlace = { ...words, backup_node_restore_in_place: job };
	const check = await restore(lab, inPlace, '--check');
	t.is(check.code, 0, check.stdout);
	t.regex(
		check.stdout.replaceAll(/\s+/g, ' '),
		new RegExp(`one file there was written since that copy, and not in it: ${folder}/after `),
	);
	t.is(
		(await lab.run(storage, `test -e ${folder}/d1 || test -e ${came}`)).code,
		1,
		'a check changes nothing',
	);
	t.is((await restore(lab, { ...inPlace, backup_node_restore_in_place: 'other' })).code, 5);
	t.is(
		(await restore(lab, { ...words, backup_node_restore_paths: ['/etc/shadow'] })).code,
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
	t.is((await lab.run(storage, `ls -d ${doors} 2>/dev/null`)).stdout, '', 'the backup host can send no more');
	t.is((await lab.run(storage, 'ls /var/lib/g2pbook-restored')).stdout, '', 'nothing else is left of it');
	await lab.output(storage, `rm -rf ${folder}.before-restore`);
	t.true((await copies(lab)).includes(snapshot));
}

/** Some of it, by names that nobody expects; and a file that is another name of one that was not asked for. */
async function parts(t: ExecutionContext, lab: TestLab, copy: string): Promise<void> {
	const some = (...paths: string[]) => ({ ...wanted(copy), backup_node_restore_paths: paths });
	const half = await restore(lab, some(`${folder}/d3`));
	t.is(half.code, 5, half.stdout);
	t.regex(
		half.stdout.replaceAll(/\s+/g, ' '),
		/other names \(hard links\) of \/srv\/data\/d2\/f2, which has to be among/,
	);
	const nested = await restore(lab, some(folder, `${folder}/d3`));
	t.is(nested.code, 5, nested.stdout);
	const back = await restore(
		lab,
		some(`${folder}/d3`, `${folder}/d2/f2`, `${folder}/two  words`, `${folder}/d\u00e4 (1)/f`),
	);
	t.is(back.code, 0, back.stdout + back.stderr);
	const names = await lab.output(storage, `cd ${place(copy)}${folder} && ls && stat -c %h d2/f2 d3/second`);
	t.is(names, 'd2\nd3\ndä (1)\ntwo  words\n2\n2\n');
	await lab.output(storage, `rm -rf ${place(copy)}`);
}
