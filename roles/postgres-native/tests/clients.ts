import type { ExecutionContext } from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const password = async (lab: TestLab, user = 'openg2p'): Promise<string> =>
	(await g2pbook(['secret', 'view', `postgres_${user}`, '-i', lab.folder])).stdout.trim();

/** The major version that the distribution has. */
export const major = async (lab: TestLab): Promise<string> =>
	(
		await lab.output(
			'storage1',
			"apt-cache show --no-all-versions postgresql | sed -n 's/^Version: \\([0-9]*\\).*/\\1/p'",
		)
	).trim();

/** The same in a shell line on the server, while it has a cluster. */
export const itsMajor = '$(ls /etc/postgresql)';

type Client = {
	readonly from?: string;
	/** Another address of the server than its own. */
	readonly host?: string;
	readonly ssl?: string;
	readonly port?: number;
	readonly user?: string;
	readonly database?: string;
};

/** A query as a program of the cluster sends it: over TCP, with a password. */
export function query(
	lab: TestLab,
	secret: string,
	sql: string,
	{
		from = 'compute1',
		host = lab.address('storage1'),
		ssl = 'require',
		port = 5432,
		user = 'openg2p',
		database = 'openg2p',
	}: Client = {},
) {
	const to = `host=${host} port=${port} dbname=${database} user=${user} sslmode=${ssl} connect_timeout=5`;
	const words = sql.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$');
	return lab.run(from, `PGPASSWORD='${secret}' psql -XAtw '${to}' -c "${words}" 2>&1`);
}

/** As the superuser, by the socket. */
export const superuser = (lab: TestLab, ...statements: readonly string[]): Promise<string> =>
	lab.output(
		'storage1',
		`runuser -u postgres -- psql -XAtq --set ON_ERROR_STOP=1 <<'SQL'\n${statements.join(';\n')};\nSQL`,
	);

export async function clients(t: ExecutionContext, lab: TestLab): Promise<void> {
	const right = await password(lab);
	const rows = await query(
		lab,
		right,
		'CREATE TEMP TABLE p AS SELECT generate_series(1, 200); SELECT count(*) FROM p',
	);
	t.regex(rows.stdout, /^200$/m);
	t.is(
		(await query(lab, right, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).stdout.trim(),
		't',
	);
	t.regex((await query(lab, 'wrong', 'SELECT 1')).stdout, /password authentication failed/);
	t.regex((await query(lab, right, 'SELECT 1', { ssl: 'disable' })).stdout, /no pg_hba\.conf entry/);
	t.regex((await query(lab, right, 'SELECT 1', { from: 'stranger1' })).stdout, /no pg_hba\.conf entry/);
	for (const [setting, value] of Object.entries({
		wal_level: 'logical',
		max_connections: '500',
		max_replication_slots: '300',
		max_wal_senders: '64',
		max_slot_wal_keep_size: '8GB',
		password_encryption: 'scram-sha-256',
		shared_buffers: '256MB',
		data_checksums: 'on',
		listen_addresses: `localhost,${lab.address('storage1')}`,
	})) {
		t.is((await query(lab, right, `SHOW ${setting}`)).stdout.trim(), value, setting);
	}
}
