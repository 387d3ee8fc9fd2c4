import postgresSetting from '../../../src/modules/postgres/postgres_setting.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(postgresSetting, [
	{
		title: 'a value that counts at once, in another unit',
		setup: 'apt-get install -y postgresql',
		args: { name: 'work_mem', value: '8192kB' },
		verify: "runuser -u postgres -- psql -tAc 'show work_mem' | grep -qx 8MB",
	},
	{
		title: 'a list that waits for a restart',
		setup: 'apt-get install -y postgresql',
		args: { name: 'shared_preload_libraries', value: ['pg_stat_statements', 'auto_explain'] },
		verify:
			"runuser -u postgres -- psql -tAc \"select setting from pg_file_settings where name = 'shared_preload_libraries'\" | grep -qx 'pg_stat_statements, auto_explain'",
	},
]);
