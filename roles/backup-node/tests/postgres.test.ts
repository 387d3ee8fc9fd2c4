import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook, play } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { keeper, kept, result, start, storage } from './lab.ts';
import { drills } from './postgres-drills.ts';
import { comesBack } from './postgres-restores.ts';

const job = `database.${storage}`;
const stanza = `database-${storage}`;
const unit = `g2pbook-backup-${job}`;
const server = 'g2pbook-pgbackrest';

/** What root of the database host says to pgBackRest, as PostgreSQL, which has its key. */
const asDatabase = (lab: TestLab, words: string) =>
	lab.run(storage, `timeout 60 runuser -u postgres -- pgbackrest --stanza=${stanza} ${words} 2>&1`);
const sql = async (lab: TestLab, line: string): Promise<string> =>
	(await lab.output(storage, `runuser -u postgres -- psql -XAtqc "${line}"`)).trim();

/** The names of both hosts, as the role base writes them, and a cluster. */
async function prepare(lab: TestLab): Promise<void> {
	await g2pbook(['secret', 'init', '-i', lab.folder]);
	const names = [storage, keeper]
		.map((name) => `echo '${lab.address(name)} ${name}' >>/etc/hosts`)
		.join('\n');
	await Promise.all(
		[storage, keeper].map((host) =>
			lab.output(
				host,
				`${names}
apt-get install -yq python3-minimal`,
			),
		),
	);
	const playbook = `${lab.folder}-before.yml`;
	const vars = { postgres_native_roles: [], postgres_native_databases: [] };
	await writeFile(
		playbook,
		JSON.stringify([{ hosts: 'storage', become: true, vars, roles: ['postgres-native'] }]),
	);
	const { code, stdout, stderr } = await play(playbook, lab.folder);
	if (code !== 0) {
		throw new Error(stdout + stderr);
	}
}

async function verify(t: ExecutionContext, lab: TestLab): Promise<void> {
	const code = await start(lab, unit);
	const seen = await result(lab, 'run', job);
	t.is(seen.state, 'ok', seen.says);
	t.is(code, 0);
	t.regex(seen.snapshot, /^\d{8}-\d{6}F/);
	t.true(seen.bytes > 1_000_000);
	// What failed while the backup host was away has gone through since.
	t.is(
		await sql(lab, 'SELECT coalesce(last_failed_time < last_archived_time, true) FROM pg_stat_archiver'),
		't',
	);
	t.true(Number(await sql(lab, 'SELECT archived_count FROM pg_stat_archiver')) > 0);
	t.is(await sql(lab, "SELECT setting FROM pg_settings WHERE name = 'wal_level'"), 'logical', 'as it was');
	t.is(
		await sql(
			lab,
			"SELECT rolsuper, rolreplication, rolcreaterole FROM pg_roles WHERE rolname = 'g2pbook-source'",
		),
		'f|f|f',
	);
}

/** pgBackRest's own words, from the database host: what is kept is neither seen nor taken away. */
async function fromTheDatabase(t: ExecutionContext, lab: TestLab): Promise<void> {
	const files = `find ${kept}/postgres -type f -printf '%P\\n' | sort`;
	await lab.output(keeper, 'systemctl start g2pbook-backup-seal');
	const before = (await lab.output(keeper, files)).trim().split('\n');
	for (const words of [
		`repo-rm --recurse backup/${stanza}`,
		`repo-rm --recurse archive/${stanza}`,
		'repo-rm --recurse archive',
		`repo-get backup/${stanza}/backup.info`,
		'repo-ls backup',
		'stanza-delete --force',
		`expire --set=${(await result(lab, 'run', job)).snapshot}`,
	]) {
		await asDatabase(lab, words);
	}

	const after = new Set((await lab.output(keeper, files)).trim().split('\n'));
	t.deepEqual(
		before.filter((name) => !after.has(name)),
		[],
		'nothing was taken away',
	);
	t.notRegex((await asDatabase(lab, 'repo-ls backup')).stdout, new RegExp(stanza));
	t.notRegex((await asDatabase(lab, `repo-get backup/${stanza}/backup.info`)).stdout, /backrest-format/);
	await lab.output(keeper, `/usr/local/lib/g2pbook/backup-postgres check ${job}`);
}

/** What the backup host's key opens on the database host: the cluster's files, and nothing more. */
async function fromTheBackupHost(t: ExecutionContext, lab: TestLab): Promise<void> {
	const inside = (line: string) =>
		lab.run(
			storage,
			`pid=$(systemctl show --property MainPID --value ${server}); nsenter --target $pid --mount --setuid $(id -u g2pbook-source) --setgid $(id -g g2pbook-source) sh -c '${line}' 2>&1`,
		);
	t.not((await inside('echo x >/var/lib/postgresql/x || touch /etc/x || touch /usr/x')).code, 0);
	t.is((await inside('ls /root /home /srv')).stdout.replaceAll(/\/\w+:|\s/g, ''), '');
	t.not((await inside('cat /etc/shadow /etc/g2pbook/postgres/server.key')).code, 0);
	const rights = await lab.output(
		storage,
		`grep -h ^Cap /proc/$(systemctl show --property MainPID --value ${server})/status; grep ^Uid /proc/$(systemctl show --property MainPID --value ${server})/status; id -u g2pbook-source`,
	);
	t.regex(rights, /CapEff:\s*0*4\n/);
	const stranger = await lab.run(
		keeper,
		`timeout 10 openssl s_client -connect ${storage}:8432 </dev/null 2>&1 | grep -c 'Verify return code'`,
	);
	t.is(stranger.code, 0, 'it listens, and talks to nobody without a certificate that it knows');
}

/** Both ways of a run that ends on the way, and a backup host that is away. */
async function mishaps(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(keeper, `systemctl start --no-block ${unit}; sleep 1`);
	await lab.restart(keeper);
	await verify(t, lab);
	await lab.output(storage, `systemctl stop ${server}`);
	t.not(await start(lab, unit), 0);
	t.regex((await result(lab, 'run', job)).says, /backup was not made/);
	await lab.output(storage, `systemctl start ${server}`);
	await lab.output(keeper, `systemctl stop ${server}`);
	await sql(lab, 'SELECT pg_switch_wal()');
	t.is(await sql(lab, 'SELECT 1'), '1', 'the database goes on');
	await lab.output(keeper, `systemctl start ${server}`);
	await verify(t, lab);
}

roleTest(test, {
	role: 'backup-node',
	hosts: [
		{ name: storage, groups: ['storage'] },
		{ name: keeper, groups: ['backup'] },
	],
	vars: { backup_node_sources: [{ name: 'database', kind: 'postgres', hosts: ['storage'] }] },
	// PostgreSQL writes all the time.
	busy: ['/var/lib/postgresql', '/var/log/postgresql'],
	prepare,
	verify,

	async change(t, lab, again) {
		await fromTheDatabase(t, lab);
		await fromTheBackupHost(t, lab);
		await drills(t, lab);
		await comesBack(t, lab, again);
		await mishaps(t, lab);
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
