import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { job, keeper, kept, storage, succeeds } from './lab.ts';

/** What leaves the list is fetched no more; what was kept of it stays until it is named. */
export async function comesAndGoes(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const none = {
		backup_node_sources: [{ name: 'other', kind: 'files', hosts: [storage], paths: ['/etc/ssh'] }],
	};
	t.is((await again('another list', none)).code, 0);
	t.deepEqual((await again('another list, once more', none)).effects, []);
	t.is((await lab.run(keeper, `ls /etc/systemd/system/*${job}*`)).stdout, '');
	t.is((await lab.run(storage, 'ls /etc/g2pbook/backup-source')).stdout.trim(), 'other.list');
	t.is((await lab.run(keeper, `test -e ${kept}/files/${job}/config`)).code, 0);
	const wrong = await again('purge what is in the list', { ...none, backup_node_purge: `other.${storage}` });
	t.is(wrong.code, 5, wrong.stdout);
	t.is((await again('purge', { ...none, backup_node_purge: job })).code, 0);
	t.is((await lab.run(keeper, `ls ${kept}/files`)).stdout.includes(job), false);
	t.is((await again('the first list', {})).code, 0);
	t.is((await again('purge what is gone', { backup_node_purge: `other.${storage}` })).code, 0);
	await succeeds(t, lab);
}
