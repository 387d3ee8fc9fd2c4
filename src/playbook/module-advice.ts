// Modules that Ansible has and g2pbook has not: what does the same here.

/** The same thing under another name. */
const renamed: Readonly<Record<string, string>> = {
	dnf: 'package',
	dnf5: 'package',
	k8s: 'kubernetes_manifest',
	k8s_taint: 'kubernetes_node',
	openssl_certificate: 'tls_certificate',
	openssl_privatekey: 'tls_key',
	postgresql_db: 'postgres_database',
	postgresql_ext: 'postgres_extension',
	postgresql_pg_hba: 'postgres_hba',
	postgresql_privs: 'postgres_grant',
	postgresql_set: 'postgres_setting',
	postgresql_user: 'postgres_role',
	postgresql_membership: 'postgres_role',
	postgresql_owner: 'postgres_database',
	runit: 'service',
	systemd_service: 'systemd',
	sysvinit: 'service',
	x509_certificate: 'tls_certificate',
	yum: 'package',
};

/** What does the work here, and in which way it is another thing. */
const replaced: Readonly<Record<string, readonly [module: string, how: string]>> = {
	add_group: ['group_by', 'makes groups of hosts while a play runs'],
	apt_key: [
		'apt_repository',
		'keeps the key with its source: write the key as signed_by there, and leave this out',
	],
	deb822_repository: ['apt_repository', 'writes the same form of file'],
	firewalld: ['ufw', 'is the firewall that is had here: rule, port and proto say what is let in'],
	get_file: ['fetch', 'brings a file from the host'],
	iptables: ['ufw', 'is the firewall that is had here: rule, port and proto say what is let in'],
	k8s_drain: ['kubernetes_node', 'has `drained: true` for it, and `schedulable: true` afterwards'],
	openssl_csr: ['tls_certificate', 'makes key, request and certificate in one: leave the request out'],
	openssl_csr_pipe: ['tls_certificate', 'makes key, request and certificate in one: leave the request out'],
	postgresql_schema: [
		'postgres_grant',
		'gives rights in a schema; psql makes one: {command: psql -d DATABASE -c "CREATE SCHEMA IF NOT EXISTS NAME", become: true, become_user: postgres}',
	],
	x509_certificate_pipe: ['tls_certificate', 'writes the certificate into a file: slurp reads it'],
};

/** The task that does the same, in YAML. What is in capitals is to be replaced. */
const tasks: Readonly<Record<string, string>> = {
	acl: '{command: "setfacl -m u:USER:rX PATH", unless: "getfacl -p PATH | grep -q ^user:USER:r-x"}',
	alternatives:
		'{command: "update-alternatives --set NAME PATH", unless: "test $(readlink /etc/alternatives/NAME) = PATH"}',
	apk: '{command: "apk add NAME", unless: "apk info -e NAME"}',
	archive: '{command: "tar -czf ARCHIVE -C FOLDER .", creates: ARCHIVE}',
	at: '{shell: "echo COMMAND | at now + 1 hour"}',
	capabilities: '{command: "setcap CAPABILITY+ep PATH", unless: "getcap PATH | grep -q CAPABILITY"}',
	debconf:
		'{shell: "echo PACKAGE QUESTION TYPE VALUE | debconf-set-selections", unless: "debconf-show PACKAGE | grep -q \'QUESTION: VALUE$\'"}',
	docker_container: '{command: "docker run -d --name NAME IMAGE", unless: "docker inspect NAME"}',
	dpkg_divert:
		'{command: "dpkg-divert --local --rename --add PATH", unless: "dpkg-divert --list PATH | grep -q ."}',
	dpkg_selections: '{command: "apt-mark hold NAME", unless: "apt-mark showhold | grep -qx NAME"}',
	expect: '{command: PROGRAM, args: {stdin: ANSWER}}',
	filesystem: '{command: "mkfs.ext4 DEVICE", unless: "blkid DEVICE"}',
	find: '{command: "find FOLDER -name \'*.conf\'", register: found, changed_when: false, check_mode: false}',
	getent:
		'{command: "getent passwd NAME", register: entry, changed_when: false, check_mode: false, failed_when: entry.rc == 1}',
	helm: '{command: "helm upgrade --install NAME CHART"}',
	// A password among the words would show in ps.
	htpasswd: '{command: "htpasswd -ic PATH NAME", args: {stdin: !secret PASSWORD}, creates: PATH}',
	known_hosts: '{lineinfile: {path: /etc/ssh/ssh_known_hosts, line: HOST ssh-ed25519 KEY, create: true}}',
	lvol: '{command: "lvcreate -n NAME -L SIZE GROUP", creates: /dev/GROUP/NAME}',
	npm: '{command: "npm install --prefix FOLDER NAME", creates: FOLDER/node_modules/NAME}',
	package_facts:
		'{command: \'dpkg-query -W -f "${Package}\\n"\', register: packages, changed_when: false, check_mode: false}; a package is there when "NAME" in split(packages.stdout), which is asked in place of packages',
	pacman: '{command: "pacman -S --noconfirm NAME", unless: "pacman -Q NAME"}',
	pam_limits: '{copy: {dest: /etc/security/limits.d/NAME.conf, content: "USER - nofile 65536\\n"}}',
	parted: '{command: "parted -s DEVICE mklabel gpt mkpart NAME 0% 100%", creates: DEVICE1}',
	patch: '{shell: "patch -p1 -d FOLDER < FILE", unless: "patch -p1 -R --dry-run -d FOLDER < FILE"}',
	pip: '{command: "VENV/bin/pip install NAME", unless: "VENV/bin/pip show NAME"}',
	postgresql_query:
		'{command: psql -d DATABASE -tAc "SELECT 1", become: true, become_user: postgres, register: rows, changed_when: false, check_mode: false}',
	seboolean: '{command: "setsebool -P NAME on", unless: "getsebool NAME | grep -q on$"}',
	selinux: '{lineinfile: {path: /etc/selinux/config, regexp: ^SELINUX=, line: SELINUX=enforcing}}',
	service_facts:
		'{command: "systemctl is-active UNIT", register: unit, changed_when: false, failed_when: false, check_mode: false}; it runs when unit.rc == 0, which is asked in place of services',
	snap: '{command: "snap install NAME", unless: "snap list NAME"}',
	sudoers:
		'{copy: {dest: /etc/sudoers.d/NAME, content: "USER ALL=(ALL) ALL\\n", mode: "0440", validate: visudo -cf %s}}',
	synchronize: '{copy: {src: FOLDER/, dest: /FOLDER}}',
	tempfile: '{command: mktemp -d, register: made}',
	yum_repository: '{copy: {src: NAME.repo, dest: /etc/yum.repos.d/NAME.repo}}',
	docker_image: '{command: "docker pull IMAGE", unless: "docker image inspect IMAGE"}',
	docker_network: '{command: "docker network create NAME", unless: "docker network inspect NAME"}',
	gem: '{command: "gem install NAME", unless: "gem list -i NAME"}',
	get_certificate:
		'{shell: "openssl s_client -connect HOST:443 </dev/null | openssl x509", register: certificate, changed_when: false, check_mode: false}',
	github_release:
		'{uri: {url: "https://api.github.com/repos/OWNER/NAME/releases/latest", return_content: true}, register: release}',
	homebrew: '{command: "brew install NAME", unless: "brew list NAME"}',
	kernel_blacklist:
		'{lineinfile: {path: /etc/modprobe.d/blacklist.conf, line: blacklist NAME, create: true}}',
	lvg: '{command: "vgcreate GROUP DEVICE", unless: "vgs GROUP"}',
	make: '{command: "make -C FOLDER TARGET", creates: FILE}',
	openssh_keypair: '{command: ssh-keygen -q -t ed25519 -N "" -f FILE, creates: FILE}',
	openssl_dhparam: '{command: "openssl dhparam -out FILE 2048", creates: FILE}',
	pamd: "{replace: {path: /etc/pam.d/SERVICE, regexp: '^(TYPE\\s+)\\w+(\\s+MODULE)', replace: '\\1CONTROL\\2'}}; a line goes with - {lineinfile: {path: /etc/pam.d/SERVICE, regexp: '^TYPE\\s+CONTROL\\s+MODULE', state: absent}}",
	rpm_key: '{command: "rpm --import URL", unless: "rpm -q gpg-pubkey-ID"}',
	seport:
		'{command: "semanage port -a -t TYPE -p tcp PORT", unless: "semanage port -l | grep TYPE | grep -qw PORT"}',
	selinux_permissive:
		'{command: "semanage permissive -a DOMAIN", unless: "semanage permissive -l | grep -qx DOMAIN"}',
	sefcontext:
		'{command: "semanage fcontext -a -t TYPE PATH", unless: "semanage fcontext -l | grep -q ^PATH"}',
	zypper: '{command: "zypper --non-interactive install NAME", unless: "rpm -q NAME"}',
	zypper_repository: '{command: "zypper addrepo URL NAME", unless: "zypper lr NAME"}',
	docker_compose_v2:
		'{command: "docker compose -f FILE up -d", register: up, changed_when: "contains(up.stderr, \'Started\')"}',
};

const otherSystem = 'hosts run Linux: leave it out, and what is for this system with it';

/** What no single task stands for. */
const words: Readonly<Record<string, string>> = {
	openbsd_pkg: otherSystem,
	pkgng: otherSystem,
	pkgin: otherSystem,
	portage: otherSystem,
	svr4pkg: otherSystem,
	osx_defaults: otherSystem,
	launchd: otherSystem,
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

/** The program of each cloud that there is a collection for. */
const clouds: Readonly<Record<string, string>> = {
	'amazon.aws': 'aws',
	'azure.azcollection': 'az',
	'community.aws': 'aws',
	'community.digitalocean': 'doctl',
	'community.proxmox': 'pvesh',
	'community.vmware': 'govc',
	'digitalocean.cloud': 'doctl',
	'google.cloud': 'gcloud',
	'hetzner.hcloud': 'hcloud',
	'openstack.cloud': 'openstack',
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

	const other = Object.hasOwn(replaced, plain) ? replaced[plain] : undefined;
	if (other !== undefined) {
		const [module, how] = other;
		return `${module} ${how}: "g2pbook doc ${module}"`;
	}

	const cloud = /^(\w+\.\w+)\.\w+$/.exec(name)?.[1] ?? '';
	if (Object.hasOwn(clouds, cloud)) {
		return `machines of a cloud are made beforehand, with its own program: write - {command: ${clouds[cloud]} …, delegate_to: localhost}`;
	}

	const task = Object.hasOwn(tasks, plain) ? tasks[plain] : undefined;
	if (task !== undefined) {
		return `in place of this task, write - ${task}`;
	}

	if (plain.startsWith('win_')) {
		return 'hosts need a POSIX shell: there is no module for Windows';
	}

	return Object.hasOwn(words, plain) ? words[plain] : undefined;
}

/** Names that there is advice for. */
export const advisedModules: readonly string[] = [
	...Object.keys(renamed),
	...Object.keys(replaced),
	...Object.keys(tasks),
	...Object.keys(words),
];
