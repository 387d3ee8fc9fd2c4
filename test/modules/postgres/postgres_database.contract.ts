import postgresDatabase from '../../../src/modules/postgres/postgres_database.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(postgresDatabase, [
	{
		title: 'a database with owner and locale',
		setup: 'apt-get install -y postgresql && runuser -u postgres -- createuser g2p_owner',
		args: { name: 'g2p db', owner: 'g2p_owner', encoding: 'utf-8', locale: 'C.UTF-8' },
		verify: `runuser -u postgres -- psql -d 'g2p db' -tAc "select pg_get_userbyid(datdba), datcollate from pg_database where datname = current_database()" | grep -qxF 'g2p_owner|C.UTF-8'`,
	},
]);
