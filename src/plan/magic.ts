// Names that are there without anybody defining them.

/** Names that g2pbook gives to every task. */
export const magicNames: ReadonlySet<string> = new Set([
	'ansible_check_mode',
	'check_mode',
	'facts',
	'failed_result',
	'failed_task',
	'group_names',
	'groups',
	'hostvars',
	'inventory_dir',
	'inventory_hostname',
	'inventory_hostname_short',
	'omit',
	'play_hosts',
	'playbook_dir',
	'role_name',
	'role_path',
	'run_hosts',
	'vars',
]);
