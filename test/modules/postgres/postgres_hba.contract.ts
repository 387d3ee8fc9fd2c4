import postgresHba from '../../../src/modules/postgres/postgres_hba.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(postgresHba, [
	{
		title: 'rules that the server has read',
		setup: 'apt-get install -y postgresql',
		args: {
			rules: [
				{
					type: 'host',
					database: 'g2p_hba',
					user: ['a', 'odd name'],
					address: '192.0.2.0/24',
					method: 'scram-sha-256',
				},
			],
		},
		verify: `runuser -u postgres -- psql -tAc "select user_name from pg_hba_file_rules where database = '{g2p_hba}' and error is null" | grep -qxF '{a,"odd name"}'`,
	},
]);
