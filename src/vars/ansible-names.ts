// Names that Ansible gives to every task, and where the same is here.

/** Facts by their names in Ansible, without `ansible_`; each answer is an expression with the same value. */
const facts: Readonly<Record<string, string>> = {
	all_ipv4_addresses: 'facts.all_ipv4',
	architecture: 'facts.arch',
	'date_time.date': 'substring(facts.date, 0, 10)',
	'date_time.iso8601': 'facts.date',
	'date_time.time': 'substring(facts.date, 11, 19)',
	'default_ipv4.address': 'facts.default_ipv4.address',
	'default_ipv4.gateway': 'facts.default_ipv4.gateway',
	'default_ipv4.interface': 'facts.default_ipv4.interface',
	distribution: 'facts.os.id',
	distribution_major_version: "split(facts.os.version, '.')[0]",
	distribution_release: 'facts.os.codename',
	distribution_version: 'facts.os.version',
	domain: "replace_regex(facts.fqdn, '^[^.]*[.]?', '')",
	'env.HOME': 'facts.user.home',
	'env.SHELL': 'facts.user.shell',
	'env.USER': 'facts.user.name',
	fqdn: 'facts.fqdn',
	hostname: 'facts.hostname',
	interfaces: 'keys(facts.interfaces)',
	kernel: 'facts.kernel',
	'lsb.codename': 'facts.os.codename',
	'lsb.description': 'facts.os.pretty',
	'lsb.id': 'facts.os.id',
	'lsb.major_release': "split(facts.os.version, '.')[0]",
	'lsb.release': 'facts.os.version',
	machine: 'facts.arch',
	machine_id: 'facts.machine_id',
	memtotal_mb: 'facts.memory_mb',
	mounts: 'facts.mounts',
	nodename: 'facts.fqdn',
	pkg_mgr:
		"default({'debian': 'apt', 'redhat': 'dnf', 'suse': 'zypper', 'alpine': 'apk'}[facts.os.family], 'unknown')",
	os_family: 'facts.os.family',
	processor_cores: 'facts.cpus',
	processor_count: 'facts.cpus',
	processor_nproc: 'facts.cpus',
	processor_vcpus: 'facts.cpus',
	'selinux.mode': 'facts.selinux',
	'selinux.status': "(facts.selinux == 'disabled' ? 'disabled' : 'enabled')",
	service_mgr: 'facts.init',
	swaptotal_mb: 'facts.swap_mb',
	user_dir: 'facts.user.home',
	user_id: 'facts.user.name',
	user_shell: 'facts.user.shell',
	user_uid: 'facts.user.uid',
	virtualization_type: 'facts.virtualization',
};

/** Names of the run. */
const magic: Readonly<Record<string, string>> = {
	ansible_failed_result: 'failed_result',
	ansible_failed_task: 'failed_task',
	ansible_play_batch: 'play_hosts',
	ansible_play_hosts: 'play_hosts',
	ansible_play_hosts_all: 'play_hosts',
	ansible_role_name: 'role_name',
};

const noFact = 'ask the host with command, register, changed_when: false and check_mode: false';

const noPackages =
	'packages are no fact: ask with command: dpkg-query -W -f "${Package}\\n", register: result, changed_when: false and check_mode: false, then write \'NAME\' in split(result.stdout)';
const noServices =
	'services are no fact: ask with command: systemctl is-active NAME, register: result, changed_when: false, failed_when: false and check_mode: false, then write result.rc == 0';

/** Names that no expression stands for, and facts that have another form here. */
const words: Readonly<Record<string, string>> = {
	ansible_all_ipv6_addresses: 'write facts.interfaces: each of its members has the addresses in ipv6',
	ansible_apparmor: noFact,
	ansible_collection_name: 'there are no collections: leave it out',
	ansible_date_time: 'write facts.date, a text such as 2026-01-31T12:00:00Z, in UTC',
	ansible_default_ipv4: 'write facts.default_ipv4, which has address, interface and gateway',
	ansible_default_ipv6: 'write facts.interfaces: each of its members has the addresses in ipv6',
	ansible_dependent_role_names: 'the roles that a role needs stand in its meta/main.yml: leave it out',
	ansible_devices: noFact,
	ansible_diff_mode: 'whether --diff was given is not told to tasks: leave it out',
	ansible_distribution_file_variety: 'write facts.os.family',
	ansible_env:
		'write facts.user, which has name, home and shell; for the rest ask the host with "command: printenv NAME"',
	ansible_facts: 'write facts: "g2pbook facts HOST" shows them',
	ansible_forks: 'how many hosts are at work at once is not told to tasks: leave it out',
	ansible_host: 'write !cel "default(vars.ansible_host, inventory_hostname)"',
	ansible_index_var: 'write the name that loop_control: {index_var: …} gives',
	ansible_inventory_sources: 'write inventory_dir',
	ansible_limit: 'write run_hosts, the hosts that --limit leaves',
	ansible_local:
		'facts of your own are not read from /etc/ansible/facts.d: use slurp, from_json and set_fact',
	ansible_loop: 'write loop_control: {index_var: index}, which counts from 0',
	ansible_loop_var: 'write the name that loop_control: {loop_var: …} gives, which is item without it',
	ansible_lsb: 'write facts.os, which has family, id, version, codename and pretty',
	ansible_managed: 'write a line of your own, such as "Managed by g2pbook"',
	ansible_memfree_mb: noFact,
	ansible_memory_mb: 'write facts.memory_mb, the MiB there are in all',
	ansible_packages: noPackages,
	ansible_parent_role_names: 'a role does not know who uses it: give it a variable',
	ansible_play_name: 'the name of the play is not told to tasks: write it into vars of the play',
	ansible_play_role_names: 'the roles of a play are not told to tasks: leave it out',
	ansible_playbook_python: 'no Python is needed, here and on the hosts: leave it out',
	ansible_processor: noFact,
	ansible_product_name: noFact,
	ansible_python: 'write facts.python, the path of python3 or null',
	ansible_python_version: noFact,
	ansible_role_names: 'the roles of a play are not told to tasks: leave it out',
	ansible_run_tags: 'which tags were asked for is not told to tasks: write tags on the tasks',
	ansible_search_path: 'write role_path or playbook_dir',
	ansible_selinux: "write facts.selinux, which is 'enforcing', 'permissive' or 'disabled'",
	ansible_services: noServices,
	ansible_skip_tags: 'which tags were left out is not told to tasks: write tags on the tasks',
	ansible_system: 'every host runs Linux: leave the condition out, or write Linux itself',
	ansible_uptime_seconds: noFact,
	ansible_user: 'write !cel "default(vars.ansible_user, facts.user.name)"',
	ansible_verbosity: 'how much is told is not told to tasks: leave it out',
	ansible_version: 'no task depends on the version of the runner: leave it out',
	ansible_virtualization_role: 'write facts.virtualization, which is none on a machine of its own',
	environment: 'write environment below the task; what the host has says "command: printenv NAME"',
	facts: 'it is there once a play has gathered it from the host: leave "gather_facts: false" out',
	inventory_file: 'write inventory_dir',
	packages: noPackages,
	play_name: 'the name of the play is not told to tasks: write it into vars of the play',
	role_names: 'the roles of a play are not told to tasks: leave it out',
	services: noServices,
};

/** Names that an inventory may well give: only their absence is worth advice. */
const mayBeGiven = new Set([
	'ansible_host',
	'ansible_user',
	'environment',
	'facts',
	'packages',
	'play_name',
	'role_names',
	'services',
]);

const has = (table: Readonly<Record<string, string>>, key: string): boolean => Object.hasOwn(table, key);

/** An expression with the value that a name of Ansible has, and how many parts of the dotted name it stands for. */
export function ourExpression(
	name: string,
	path: readonly string[] = [],
): { readonly text: string; readonly parts: number } | undefined {
	if (has(magic, name)) {
		return { text: magic[name] ?? '', parts: 1 };
	}

	const within = name === 'ansible_facts';
	const [fact = '', member = ''] = within ? path : [name, ...path];
	const short = fact.replace(/^ansible_/, '');
	if (!within && short === fact) {
		return undefined;
	}

	const before = within ? 1 : 0;
	if (has(facts, `${short}.${member}`)) {
		return { text: facts[`${short}.${member}`] ?? '', parts: before + 2 };
	}

	if (short === 'selinux' && path.length === before) {
		return { text: 'facts.selinux', parts: before + 1 };
	}

	return has(facts, short) ? { text: facts[short] ?? '', parts: before + 1 } : undefined;
}

/** Whether nobody but Ansible gives this name. */
export const isOfAnsible = (name: string): boolean =>
	!mayBeGiven.has(name) &&
	(has(words, name) || ourExpression(name) !== undefined || interfaceOf(name) !== undefined);

/** What to write instead of a name that Ansible has. `tag`: how a name is written there. */
export function adviceOnName(
	name: string,
	path: readonly string[] = [],
	tag = (dotted: string): string => dotted,
): string | undefined {
	const ours = ourExpression(name, path);
	if (ours !== undefined) {
		const rest = [name, ...path].slice(ours.parts).map((part) => `.${part}`);
		const text = `${ours.text}${rest.join('')}`;
		// A template only takes names.
		return /^[\w.]+$/.test(text)
			? `write ${tag(text)}${spelling(text)}`
			: `write !cel ${JSON.stringify(text)}`;
	}

	const [first = ''] = path;
	const full = name === 'ansible_facts' && first !== '' ? `ansible_${first.replace(/^ansible_/, '')}` : name;
	const device = interfaceOf(full);
	return device === undefined
		? (words[full] ?? (full === name ? words[name] : `there is no fact "${first}": ${noFact}`))
		: `write facts.interfaces.${device}, whose first address is ipv4.0.address in a template, ipv4[0].address in an expression`;
}

/** `ansible_eth0` is an interface. */
const interfaceOf = (name: string): string | undefined =>
	/^ansible_((?:eth|ens|enp|eno|em|wlan|bond|br|docker|wg|tun|virbr)\d\w*|lo)$/.exec(name)?.[1];

const spelling = (text: string): string =>
	text === 'facts.os.family' || text === 'facts.os.id'
		? `, which is in lower case (${text === 'facts.os.id' ? 'debian, ubuntu, rocky' : 'debian, redhat, suse'} …): rename files that are called by it`
		: '';
