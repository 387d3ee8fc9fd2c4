import postgresExtension from '../../../src/modules/postgres/postgres_extension.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(postgresExtension, [
	{
		title: 'an extension in its schema',
		setup:
			"apt-get install -y postgresql && runuser -u postgres -- createdb g2p_ext && runuser -u postgres -- psql -d g2p_ext -c 'create schema ext'",
		args: { name: 'pg_trgm', database: 'g2p_ext', schema: 'ext', version: 'latest' },
		verify: `runuser -u postgres -- psql -d g2p_ext -tAc "select ext.similarity('a', 'a')" | grep -qx 1`,
	},
]);
