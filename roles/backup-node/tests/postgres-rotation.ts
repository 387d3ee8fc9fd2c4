import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { g2pbook, play, repository } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, kept, result, start, storage } from './lab.ts';
import { drill, job, program, server, sources, sql, stanza, unit } from './postgres-lab.ts';

const conf = '/etc/pgbackrest/pgbackrest.conf';

/** Another passphrase is another repository, beside the first for a while; then the first is used no more. */
export async function rotation(t: ExecutionContext, lab: TestLab): Promise<void> {
	const run = (vars: Readonly<Record<string, unknown>>, playbook = 'backup.yml') =>
		play(join(repository, 'playbooks', playbook), lab.folder, [
			...['-e', JSON.stringify({ backup_node_sources: sources, ...vars })],
		]);
	const secret = await g2pbook(['secret', 'view', 'backup_node_postgres_passphrase', '-i', lab.folder]);
	const old = secret.stdout.trim();
	const both = { backup_node_postgres_passphrase: 'another', backup_node_postgres_passphrase_before: old };
	const alone = { backup_node_postgres_passphrase: 'another' };
	await sql(lab, 'CREATE TABLE rotated AS SELECT 1 AS id');
	t.is(await start(lab, unit), 0, (await result(lab, 'run', job)).says);
	await lab.output(storage, 'sleep 2');
	const moment = await sql(lab, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'");
	await lab.output(storage, 'sleep 2');

	const begun = await run(both);
	t.is(begun.code, 0, begun.stdout + begun.stderr);
	t.deepEqual((await run(both)).effects, []);
	const early = await run(alone);
	t.is(early.code, 5, early.stdout);
	t.regex(early.stdout.replaceAll(/\s+/g, ' '), /has no full backup yet: name it again until there is one/);

	await sql(lab, 'INSERT INTO rotated VALUES (2)');
	t.is(await start(lab, unit), 0, (await result(lab, 'run', job)).says);
	t.regex((await result(lab, 'run', job)).snapshot, /F$/, 'a full one, since the new one has none');
	await sql(lab, 'SELECT pg_switch_wal()');
	await lab.output(keeper, `${program} check ${job}`);
	// What is hidden and sealed of the first is so of the second, too.
	const server2 = await lab.run(
		keeper,
		`pid=$(systemctl show --property MainPID --value ${server}); nsenter --target $pid --mount --setuid $(id -u g2pbook-pgbackrest) --setgid $(id -g g2pbook-pgbackrest) ls ${kept}/postgres/backup ${kept}/postgres-2/backup 2>/dev/null`,
	);
	t.notRegex(server2.stdout, new RegExp(stanza));
	await lab.output(keeper, 'systemctl start g2pbook-backup-seal');
	t.is((await lab.run(keeper, `find ${kept}/postgres-2/archive -type f ! -user root`)).stdout, '');

	// Back to before the rotation, which only the first one knows.
	const wanted = { backup_node_restore: job, backup_node_restore_in_place: job };
	const back = await run({ ...both, ...wanted, backup_node_restore_time: moment }, 'restore-postgres.yml');
	t.is(back.code, 0, back.stdout + back.stderr);
	t.is(await sql(lab, 'SELECT count(*) FROM rotated'), '1');

	const over = await run(alone);
	t.is(over.code, 0, over.stdout + over.stderr);
	t.deepEqual((await run(alone)).effects, []);
	for (const host of [storage, keeper]) {
		t.is((await lab.run(host, `grep -c '^repo1-' ${conf}`)).stdout.trim(), '0', host);
	}

	t.is((await lab.run(keeper, `grep -c '${old}' ${conf} /etc/g2pbook/backup-node/scratch.conf`)).code, 1);
	t.is(await start(lab, unit), 0, (await result(lab, 'run', job)).says);
	t.is(await start(lab, drill), 0, (await result(lab, 'drill', job)).says);
	t.is((await lab.run(keeper, `test -e ${kept}/postgres/backup/${stanza}/backup.info`)).code, 0, 'it stays');
	t.is((await run({ ...alone, backup_node_purge: `${kept}/postgres-2` })).code, 5, 'not the one in use');
	t.is((await run({ ...alone, backup_node_purge: `${kept}/postgres` })).code, 0);
	t.is((await lab.run(keeper, `ls -d ${kept}/postgres`)).stdout, '');
}
