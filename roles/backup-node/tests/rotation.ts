import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { job, keeper, kept, succeeds } from './lab.ts';

/** Another passphrase, both for a while, and the way back again. */
export async function rotation(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = (await lab.output(keeper, 'cat /etc/g2pbook/backup-node/passphrase')).trim();
	const opens = async (passphrase: string) =>
		(
			await lab.run(
				keeper,
				`printf '%s' '${passphrase}' >/root/pass; restic -r ${kept}/files/${job} --password-file /root/pass --no-cache --no-lock cat config >/dev/null 2>&1`,
			)
		).code === 0;
	for (const [now, then] of [
		['another', before],
		[before, 'another'],
	] as const) {
		const both = { backup_node_passphrase: now, backup_node_passphrase_before: then };
		const { code, stdout } = await again('another passphrase beside the old one', both);
		t.is(code, 0, stdout);
		t.true((await opens(now)) && (await opens(then)), 'both');
		t.deepEqual((await again('once more', both)).effects, []);
		await succeeds(t, lab);
		t.is((await again('the new one alone', { backup_node_passphrase: now })).code, 0);
		t.true((await opens(now)) && !(await opens(then)), 'the new one alone');
	}
}
