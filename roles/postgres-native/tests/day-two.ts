import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, quiet } from '../../../test/fixtures/containers/role-test.ts';
import { itsMajor, major, password, query } from './clients.ts';

/** It comes back by itself, and a run says who has its port. */
export async function service(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const right = await password(lab);
	await lab.output('storage1', `kill -9 $(head -n 1 /var/lib/postgresql/${itsMajor}/main/postmaster.pid)`);
	const answers = "until runuser -u postgres -- psql -qc 'SELECT 1'; do sleep 0.2; done >/dev/null 2>&1";
	t.is((await lab.run('storage1', `timeout 30 sh -c "${answers}"`)).code, 0, 'within 30 s, without a run');
	t.is((await query(lab, right, 'SELECT 1')).stdout.trim(), '1');

	await squat(lab);
	const taken = await again('while another program has the port', {});
	t.is(taken.code, 2);
	t.regex(
		taken.stdout.replaceAll(/\s+/g, ' '),
		/should listen on [\d.]+:5432, and does not: perl \(process \d+\) has [\d.]+:5432/,
	);
	await lab.output('storage1', 'systemctl stop squat');
	const { effects } = await again('when the port is free again', {});
	t.deepEqual(
		effects.map(({ task }) => task.name),
		['Restart what does not listen where its settings say'],
	);
	t.is((await query(lab, right, 'SELECT 1')).stdout.trim(), '1');
}

/** PostgreSQL starts while another program has the address that is meant for it, and goes on without. */
const squat = (lab: TestLab) =>
	lab.output(
		'storage1',
		`systemctl stop postgresql@${itsMajor}-main
systemd-run --quiet --unit squat perl -MIO::Socket::INET -e '@s = IO::Socket::INET->new(LocalAddr => "${lab.address('storage1')}:5432", Listen => 5, ReuseAddr => 1) or die; sleep'
timeout 20 sh -c "until ss -Hlnt | grep -q '${lab.address('storage1')}:5432'; do sleep 0.1; done"
systemctl start postgresql@${itsMajor}-main`,
	);

/** What is taken away, and comes back in one run. */
export async function removals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const cluster = `${await major(lab)}/main`;
	const data = async () =>
		(await lab.run('storage1', `test -e /var/lib/postgresql/${cluster}/PG_VERSION`)).code;
	const those = new RegExp(`there is ${cluster}`);
	for (const [vars, words] of [
		[{ postgres_native_purge: cluster }, /only together with postgres_native_state: absent/],
		[{ postgres_native_state: 'absent', postgres_native_purge: `${cluster}/` }, those],
		[{ postgres_native_state: 'absent', postgres_native_purge: '9.6/main' }, those],
	] as const) {
		const { code, effects, stdout } = await again(`purge ${vars.postgres_native_purge}`, vars);
		t.is(code, 2, stdout);
		t.is(effects.length, 0);
		t.regex(stdout.replaceAll(/\s+/g, ' '), words);
	}

	const elsewhere = await again('a server that is none any more', {
		postgres_native_server_group: 'reverse_proxy',
	});
	t.is(elsewhere.code, 2);
	t.regex(
		elsewhere.stdout.replaceAll(/\s+/g, ' '),
		/storage1 has a PostgreSQL of this role, and is not in the group/,
	);
	t.is(await data(), 0);

	const purge = { postgres_native_state: 'absent', postgres_native_purge: cluster };
	t.is((await again('purge', purge)).code, 0);
	quiet(t, await again('purge again', purge), 'purging again must change nothing');
	const left =
		`ls -d /var/lib/postgresql/${cluster} /etc/postgresql/${cluster} /etc/g2pbook/postgres /var/lib/g2pbook/postgres-native/* ` +
		'/etc/sysctl.d/*postgres* /etc/systemd/system/postgresql@.service.d/* /etc/systemd/system/multi-user.target.wants/postgresql* 2>/dev/null';
	t.is((await lab.run('storage1', left)).stdout, '');
	// A power that is lost while the cluster is being made leaves half of one, with which a server starts and nobody can connect.
	const cutOff = again('back, cut off', {});
	await lab.output(
		'storage1',
		`timeout 120 sh -c 'until [ -e /var/lib/postgresql/${cluster}/global/pg_control ]; do sleep 0.05; done'`,
	);
	await lab.hosts.find(({ name }) => name === 'storage1')?.container.kill();
	t.not((await cutOff).code, 0);
	await lab.restart('storage1');
	const back = await again('back', {});
	t.is(back.code, 0, back.stdout + back.stderr);
	quiet(t, await again('back, once more', {}), 'it must be back in one run');
	const encoding = await lab.output('storage1', "runuser -u postgres -- psql -XAtc 'SHOW server_encoding'");
	t.is(encoding.trim(), 'UTF8', 'in the language of the host, and not of a session');
}

/** Who is in the lists no longer does not get in any more, though nothing is dropped. Leaves other names. */
export async function renames(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const old = await password(lab);
	const renamed = await again('another name for role and database', {
		postgres_native_roles: [{ name: 'registry', password: 'theirs' }],
		postgres_native_databases: [{ name: 'registry', owner: 'registry' }],
		postgres_native_grants: [],
	});
	t.is(renamed.code, 0, renamed.stdout + renamed.stderr);
	t.is(
		(await query(lab, 'theirs', 'SELECT 1', { user: 'registry', database: 'registry' })).stdout.trim(),
		'1',
	);
	for (const database of ['openg2p', 'registry', 'postgres']) {
		t.regex((await query(lab, old, 'SELECT 1', { database })).stdout, /no pg_hba\.conf entry/);
	}
}
