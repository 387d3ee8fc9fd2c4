import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { keeper, kept, storage } from './lab.ts';
import { fromTheBackupHost, fromTheDatabase } from './postgres-attacks.ts';
import { drills } from './postgres-drills.ts';
import { hosts, prepare, server, sources, sql, stanza, verify } from './postgres-lab.ts';

roleTest(test, {
	role: 'backup-node',
	hosts,
	vars: { backup_node_sources: sources },
	// PostgreSQL writes all the time.
	busy: ['/var/lib/postgresql', '/var/log/postgresql'],
	prepare,
	verify,

	async change(t, lab, again) {
		await fromTheDatabase(t, lab);
		await fromTheBackupHost(t, lab);
		await drills(t, lab);
		const fewer = await again('fewer backups', { backup_node_postgres_full: 1 }, '--check');
		t.is(fewer.code, 0, fewer.stdout);
		t.regex(
			fewer.stdout.replaceAll(/\s+/g, ' '),
			/another number of backups is to be kept, and after its next run will go (none|\d{8}-)/,
		);
		const both = await again('archiving by two roles', { postgres_native_settings: { archive_mode: 'on' } });
		t.is(both.code, 5, both.stdout);
		t.regex(both.stdout, /each run would undo the other/);
		const other = await again('another passphrase', { backup_node_postgres_passphrase: 'another' });
		t.is(other.code, 5, other.stdout);
		t.regex(
			other.stdout.replaceAll(/\s+/g, ' '),
			/another backup_node_postgres_passphrase than the one that opens/,
		);
	},

	drift: [
		{
			name: 'the log goes nowhere, the role may do everything, and nobody hands out',
			break: (lab) =>
				lab.output(
					storage,
					`runuser -u postgres -- psql -c "ALTER SYSTEM SET archive_command = 'true'" -c 'ALTER ROLE "g2pbook-source" SUPERUSER'
systemctl reload 'postgresql@*-main'; systemctl disable --now ${server}`,
				),
			repairs: [
				/Make the role that begins/,
				/Hand out the cluster/,
				/Have the log archived/,
				/Let PostgreSQL read that/,
			],
		},
		{
			name: 'nobody seals, and somebody else is trusted',
			break: (lab) =>
				lab.output(
					keeper,
					`systemctl disable --now g2pbook-backup-seal.timer; openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=x -out /etc/g2pbook/pgbackrest/peers.pem 2>/dev/null`,
				),
			repairs: [/Trust no others/, /Take the log, and seal it/],
		},
	],

	removal: {
		vars: { backup_node_state: 'absent' },
		async verify(t, lab) {
			for (const host of [storage, keeper]) {
				const left = `ls -d /etc/g2pbook/pgbackrest /etc/pgbackrest/pgbackrest.conf /usr/local/lib/g2pbook/backup* 2>/dev/null
ls /etc/systemd/system | grep g2pbook; getent passwd g2pbook-source; ss -Hltn 'sport = :8432'`;
				t.is((await lab.run(host, left)).stdout.trim(), '', host);
			}

			t.is(await sql(lab, "SELECT setting FROM pg_settings WHERE name = 'archive_mode'"), 'off');
			t.is(await sql(lab, "SELECT count(*) FROM pg_roles WHERE rolname = 'g2pbook-source'"), '0');
			t.is((await lab.run(keeper, `test -e ${kept}/postgres/backup/${stanza}/backup.info`)).code, 0);
		},
	},
});
