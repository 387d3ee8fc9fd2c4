import postgresGrant from '../../../src/modules/postgres/postgres_grant.ts';
import { contractRows } from '../../contract-rows.ts';

// Rows are applied at the same time, so each has a database or schema of its own.

const sql = (text: string, role = 'postgres') =>
	`runuser -u postgres -- psql -d g2p_grant -v ON_ERROR_STOP=1 -qtAc "set role ${role}" -c "${text}"`;

export default contractRows(postgresGrant, [
	{
		title: 'everybody out, but for temporary tables',
		setup: `apt-get install -y postgresql && runuser -u postgres -- psql -c 'create role g2p_reader' -c 'create role g2p_maker' &&
runuser -u postgres -- createdb g2p_grant && runuser -u postgres -- createdb g2p_closed`,
		args: { role: 'public', database: 'g2p_closed', privileges: ['temporary'] },
		verify: `${sql(`select has_database_privilege('g2p_maker', 'g2p_closed', 'connect') || ' ' || has_database_privilege('g2p_maker', 'g2p_closed', 'temporary')`)} | grep -qx 'false true'`,
	},
	{
		title: 'one role in',
		args: { role: 'g2p_reader', database: 'g2p_grant', privileges: ['connect'] },
		// Everybody may connect to this one: what is seen is the right of the role itself.
		verify: `${sql("select datacl from pg_database where datname = 'g2p_grant'")} | grep -q 'g2p_reader=c/'`,
	},
	{
		title: 'one may use a schema',
		setup: sql('create schema back'),
		args: { role: 'g2p_reader', database: 'g2p_grant', schema: 'back', privileges: ['usage'] },
		verify: sql("select 1 where to_regclass('back.nothing') is null", 'g2p_reader'),
	},
	{
		title: 'one may read tables with names of any kind, and such as are made later, and may no longer write',
		setup: sql(`create schema shop; grant create, usage on schema shop to g2p_maker;
grant usage on schema shop to g2p_reader; create table shop.orders (id int); grant insert on shop.orders to g2p_reader;
create view shop.\\"Two words\\" as select 1`),
		args: {
			...{ role: 'g2p_reader', database: 'g2p_grant', schema: 'shop', objects: 'tables' as const },
			...{ privileges: ['select'], made_later_by: ['g2p_maker'] },
		},
		verify: `${sql('drop table if exists shop.later; create table shop.later (id int)', 'g2p_maker')} &&
${sql('select * from shop.orders, shop.later, shop.\\"Two words\\"', 'g2p_reader')} &&
! ${sql('insert into shop.orders values (1)', 'g2p_reader')}`,
	},
	{
		title: 'one may use sequences',
		setup: sql(
			'create schema numbers; grant usage on schema numbers to g2p_reader; create sequence numbers.ids',
		),
		args: {
			...{ role: 'g2p_reader', database: 'g2p_grant', schema: 'numbers', objects: 'sequences' as const },
			privileges: ['usage'],
		},
		verify: sql("select nextval('numbers.ids')", 'g2p_reader'),
	},
]);
