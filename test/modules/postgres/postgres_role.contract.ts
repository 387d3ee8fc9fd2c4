import postgresRole from '../../../src/modules/postgres/postgres_role.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';

const ask = "PGPASSWORD=\"pä'ss\\\\wörd\" psql -h 127.0.0.1 -U 'g2p role' -d postgres -tAc";

export default contractRows(postgresRole, [
	{
		title: 'a role that may log in with its password',
		setup: 'apt-get install -y postgresql && pg_lsclusters | grep -q online || pg_ctlcluster 15 main start',
		args: {
			name: 'g2p role',
			password: new Secret("pä'ss\\wörd"),
			member_of: ['pg_monitor'],
			connection_limit: 3,
		},
		verify: `[ "$(${ask} "select pg_has_role('pg_monitor', 'member')")" = t ]`,
	},
	{
		title: 'no role any more',
		setup: "runuser -u postgres -- psql -c 'create role g2p_gone'",
		args: { name: 'g2p_gone', state: 'absent' },
		verify:
			'runuser -u postgres -- psql -tAc "select count(*) from pg_roles where rolname = \'g2p_gone\'" | grep -qx 0',
	},
]);
