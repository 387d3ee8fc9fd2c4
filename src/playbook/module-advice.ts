// Modules that Ansible has and g2pbook has not: what does the same here.

/** The same thing under another name. */
const renamed: Readonly<Record<string, string>> = {
	add_group: 'group_by',
	apk: 'package',
	apt_key: 'apt_repository',
	deb822_repository: 'apt_repository',
	dnf: 'package',
	dnf5: 'package',
	firewalld: 'ufw',
	get_file: 'fetch',
	iptables: 'ufw',
	openssl_certificate: 'tls_certificate',
	openssl_privatekey: 'tls_key',
	pacman: 'package',
	postgresql_db: 'postgres_database',
	postgresql_ext: 'postgres_extension',
	postgresql_pg_hba: 'postgres_hba',
	postgresql_privs: 'postgres_grant',
	postgresql_set: 'postgres_setting',
	postgresql_user: 'postgres_role',
	runit: 'service',
	systemd_service: 'systemd',
	sysvinit: 'service',
	x509_certificate: 'tls_certificate',
	yum: 'package',
	zypper: 'package',
};

/** The task that does the same, in YAML. What is in capitals is to be replaced. */
const tasks: Readonly<Record<string, string>> = {
	acl: '{command: setfacl -m u:USER:rX PATH, unless: "getfacl -p PATH | grep -q ^user:USER:r-x"}',
	alternatives:
		'{command: update-alternatives --set NAME PATH, unless: "test $(readlink /etc/alternatives/NAME) = PATH"}',
	archive: '{command: tar -czf ARCHIVE -C FOLDER ., creates: ARCHIVE}',
	at: '{shell: echo COMMAND | at now + 1 hour}',
	capabilities: '{command: setcap CAPABILITY+ep PATH, unless: getcap PATH | grep -q CAPABILITY}',
	debconf:
		'{shell: "echo PACKAGE QUESTION TYPE VALUE | debconf-set-selections", unless: "debconf-show PACKAGE | grep -q \'QUESTION: VALUE$\'"}',
	docker_container: '{command: docker run -d --name NAME IMAGE, unless: docker inspect NAME}',
	dpkg_divert:
		'{command: dpkg-divert --local --rename --add PATH, unless: dpkg-divert --list PATH | grep -q .}',
	dpkg_selections: '{command: apt-mark hold NAME, unless: apt-mark showhold | grep -qx NAME}',
	expect: '{command: PROGRAM, args: {stdin: ANSWER}}',
	filesystem: '{command: mkfs.ext4 DEVICE, unless: blkid DEVICE}',
	find: '{command: "find FOLDER -name \'*.conf\'", register: found, changed_when: false}',
	getent: '{command: getent passwd NAME, register: entry, changed_when: false, failed_when: entry.rc == 1}',
	helm: '{command: helm upgrade --install NAME CHART}',
	htpasswd: '{command: htpasswd -bc PATH NAME PASSWORD, creates: PATH, no_log: true}',
	k8s: '{command: kubectl apply -f FILE, register: applied, changed_when: "matches(applied.stdout, \'(created|configured)\')"}',
	known_hosts: '{lineinfile: {path: /etc/ssh/ssh_known_hosts, line: HOST ssh-ed25519 KEY, create: true}}',
	lvol: '{command: lvcreate -n NAME -L SIZE GROUP, creates: /dev/GROUP/NAME}',
	npm: '{command: npm install --prefix FOLDER NAME, creates: FOLDER/node_modules/NAME}',
	package_facts: '{command: dpkg-query -W, register: packages, changed_when: false}',
	pam_limits: '{copy: {dest: /etc/security/limits.d/NAME.conf, content: "USER - nofile 65536\\n"}}',
	parted: '{command: parted -s DEVICE mklabel gpt mkpart NAME 0% 100%, creates: DEVICE1}',
	patch: '{shell: patch -p1 -d FOLDER < FILE, unless: patch -p1 -R --dry-run -d FOLDER < FILE}',
	pip: '{command: VENV/bin/pip install NAME, unless: VENV/bin/pip show NAME}',
	postgresql_query:
		'{command: psql -d DATABASE -tAc "SELECT 1", become: true, become_user: postgres, register: rows, changed_when: false}',
	seboolean: '{command: setsebool -P NAME on, unless: getsebool NAME | grep -q on$}',
	selinux: '{lineinfile: {path: /etc/selinux/config, regexp: ^SELINUX=, line: SELINUX=enforcing}}',
	service_facts: '{command: systemctl show -p ActiveState --value UNIT, register: unit, changed_when: false}',
	snap: '{command: snap install NAME, unless: snap list NAME}',
	sudoers:
		'{copy: {dest: /etc/sudoers.d/NAME, content: "USER ALL=(ALL) ALL\\n", mode: "0440", validate: visudo -cf %s}}',
	synchronize: '{copy: {src: FOLDER/, dest: /FOLDER}}',
	tempfile: '{command: mktemp -d, register: made}',
	yum_repository: '{copy: {src: NAME.repo, dest: /etc/yum.repos.d/NAME.repo}}',
};

/** What no single task stands for. */
const words: Readonly<Record<string, string>> = {
	async_status: 'tasks wait for their module: leave it out, and async with it',
	gather_facts: 'facts are gathered by the play: gather_facts: true',
	import_playbook: 'it belongs to the playbook, beside the plays',
	include: 'write include_tasks (when reached, may loop) or import_tasks (at load)',
	locale_gen:
		'write lineinfile: {path: /etc/locale.gen, regexp: "^#? ?de_DE.UTF-8", line: de_DE.UTF-8 UTF-8}, with notify to a handler that has command: locale-gen',
	set_stats: 'write set_fact; what the whole run found stands in --report json=FILE',
	setup: 'facts are gathered by the play: gather_facts: true; after a change, write meta: clear_facts',
	validate_argument_spec: 'meta/argument_spec.yml is checked before the first connection: leave it out',
	wait_for_connection:
		'reboot waits by itself; for a host that starts, write wait_for: {host: "{{inventory_hostname}}", port: 22}, with delegate_to: localhost',
};

/** The name of a module without that of its collection. */
const plainName = (name: string): string => /^\w+\.\w+\.(\w+)$/.exec(name)?.[1] ?? name;

/** The module that is the same thing under another name. */
export function sameModule(name: string): string | undefined {
	const plain = plainName(name);
	return Object.hasOwn(renamed, plain) ? renamed[plain] : undefined;
}

/** What does the work of a module of Ansible that is not there. */
export function moduleAdvice(name: string): string | undefined {
	const plain = plainName(name);
	const same = sameModule(plain);
	if (same !== undefined) {
		return `the module is called ${same} here: "g2pbook doc ${same}"`;
	}

	const task = Object.hasOwn(tasks, plain) ? tasks[plain] : undefined;
	if (task !== undefined) {
		return `write - ${task}`;
	}

	if (plain.startsWith('win_')) {
		return 'hosts need a POSIX shell: there is no module for Windows';
	}

	return Object.hasOwn(words, plain) ? words[plain] : undefined;
}

/** Names that there is advice for. */
export const advisedModules: readonly string[] = [
	...Object.keys(renamed),
	...Object.keys(tasks),
	...Object.keys(words),
];
