import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, kept, result, start, storage } from './lab.ts';
import { job, program, server, sql, unit, verify } from './postgres-lab.ts';

const dropIn = `/etc/systemd/system/${unit}.service.d`;
const conf = '/etc/pgbackrest/pgbackrest.conf';

const override = (line: string): string =>
	`mkdir -p ${dropIn}; printf '[Service]\\n%s\\n' '${line}' >${dropIn}/test.conf; systemctl daemon-reload`;

/** Names of the backups that can be used, by pgBackRest's own word. */
const backups = (lab: TestLab): Promise<string> =>
	lab.output(keeper, `${program} info ${job} | grep -E '(full|diff) backup:'`);

/** It ends with a failure that says why, and what was kept stays. */
async function fails(t: ExecutionContext, lab: TestLab, says: RegExp): Promise<void> {
	const before = await backups(lab);
	t.not(await start(lab, unit), 0, String(says));
	const seen = await result(lab, 'run', job);
	t.is(seen.state, 'failed');
	t.regex(seen.says, says);
	t.is(await backups(lab), before, String(says));
}

/** Each ends loudly, earlier backups stay, and the next run is well. */
export async function mishaps(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(keeper, `systemctl start --no-block ${unit}; sleep 1`);
	await lab.restart(keeper);
	await verify(t, lab);

	// In place of a minute each time.
	await lab.output(keeper, override('Environment=PGBACKREST_IO_TIMEOUT=2'));
	await lab.output(storage, `systemctl stop ${server}`);
	await fails(t, lab, /backup was not made.*storage1.*refused/);
	await lab.output(storage, `systemctl start ${server}`);
	await hangs(t, lab);
	await lab.output(keeper, `rm -r ${dropIn}; systemctl daemon-reload`);

	await lab.output(keeper, `mv ${kept}/postgres ${kept}/away`);
	t.not(await start(lab, unit), 0);
	t.regex((await result(lab, 'run', job)).says, /has no place for database-storage1 any more: is its disk/);
	await lab.output(keeper, `mv ${kept}/away ${kept}/postgres; systemctl restart ${server}`);

	await lab.output(keeper, `cp -p ${conf} /root/conf; sed -i 's/^repo1-cipher-pass=.*/&x/' ${conf}`);
	t.not(await start(lab, unit), 0);
	t.regex((await result(lab, 'run', job)).says, /backup was not made.*cannot be read with the passphrase/);
	await lab.output(keeper, `cp -p /root/conf ${conf}`);

	await full(t, lab);
	await lab.output(keeper, `systemctl stop ${server}`);
	await sql(lab, 'SELECT pg_switch_wal()');
	t.is(await sql(lab, 'SELECT 1'), '1', 'the database goes on');
	await lab.output(keeper, `systemctl start ${server}`);
	await verify(t, lab);
}

/** The database host takes the connection, and says nothing more. */
async function hangs(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(storage, `systemctl kill --signal STOP ${server}`);
	await lab.output(keeper, override('TimeoutStartSec=5'));
	const started = Date.now();
	await fails(t, lab, /ended from outside, by its time limit/);
	t.true(Date.now() - started < 20_000, 'its limit is five seconds');
	await lab.output(storage, `systemctl kill --signal CONT ${server}`);
}

/** The disk of the copies is full before the backup is whole. */
async function full(t: ExecutionContext, lab: TestLab): Promise<void> {
	const folder = `${kept}/postgres/backup`;
	await sql(lab, "CREATE TABLE much AS SELECT md5(id::text || 'x') FROM generate_series(1, 400000) AS id");
	await lab.output(
		keeper,
		`mv ${folder} ${folder}.whole; mkdir ${folder}; mount -t tmpfs -o size=$(($(du -sm ${folder}.whole | cut -f1) + 1))M none ${folder}
chown g2pbook-pgbackrest: ${folder}; cp -a ${folder}.whole/. ${folder}/`,
	);
	await fails(t, lab, /backup was not made: it cannot write, and 0 MB are free/);
	await lab.output(keeper, `umount ${folder}; rmdir ${folder}; mv ${folder}.whole ${folder}`);
	await sql(lab, 'DROP TABLE much');
}
