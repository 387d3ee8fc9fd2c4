import { inYaml } from './yaml-text.ts';

// Arguments that Ansible's modules have, and values that they take, which ours do not.

/** The same argument under another name. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	apt: { package: 'name', pkg: 'name' },
	apt_repository: { codename: 'suites', filename: 'name' },
	authorized_key: { name: 'user' },
	blockinfile: { content: 'block', dest: 'path', destfile: 'path', name: 'path' },
	file: { dest: 'path', name: 'path' },
	get_url: { sha256sum: 'checksum' },
	git: { name: 'repo' },
	ini_file: { dest: 'path' },
	lineinfile: { dest: 'path', destfile: 'path', name: 'path', regex: 'regexp', value: 'line' },
	mount: { name: 'path' },
	package: { pkg: 'name' },
	replace: { dest: 'path', destfile: 'path', name: 'path' },
	slurp: { path: 'src' },
	stat: { dest: 'path', name: 'path' },
	sysctl: { key: 'name', val: 'value' },
	systemd: { service: 'name', unit: 'name' },
	ufw: {
		dest: 'to_ip',
		from: 'from_ip',
		if: 'interface',
		policy: 'default_incoming',
		src: 'from_ip',
		to: 'to_ip',
	},
	user: { createhome: 'create_home', user: 'name' },
};

const always = 'it is always so: leave it out';
const keygen =
	"write a task of its own: {command: ssh-keygen -q -t ed25519 -N '' -f FILE, creates: FILE, become_user: NAME}";
const ownSource = 'a repository of its own brings its key with it (apt_repository: signed_by): leave it out';

/** What there is no argument for. */
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	apt: {
		deb: 'write a task of its own: {command: apt-get install -y FILE, unless: dpkg -s NAME}, after a get_url that brings the file',
		dpkg_options: 'a changed configuration file is kept as it is: leave it out',
		force: 'write allow_downgrade or allow_change_held_packages, whichever is meant',
		force_apt_get: always,
		lock_timeout: 'it waits for another apt by itself: leave it out',
		only_upgrade: 'write state: latest with when: the package is there',
		policy_rc_d: 'mask the unit before: systemd: {name: UNIT, masked: true}',
	},
	apt_repository: { mode: 'the file is for all to read: leave it out', validate_certs: always },
	command: { warn: 'there are no such warnings: leave it out' },
	fetch: { validate_checksum: always },
	file: {
		unsafe_writes: 'files are replaced as a whole: leave it out',
		modification_time: 'write a task of its own: {command: touch -d TIME FILE}',
	},
	get_url: {
		force_basic_auth: 'write headers: {Authorization: !cel "…"}',
		tmp_dest: 'the file is downloaded beside its place: leave it out',
		url_password: "write headers: {Authorization: !cel \"'Basic ' + b64encode(name + ':' + password)\"}",
		url_username: "write headers: {Authorization: !cel \"'Basic ' + b64encode(name + ':' + password)\"}",
		validate_certs:
			'certificates are always verified: leave it out, and give the host your CA with tls_certificate or copy',
	},
	git: { single_branch: 'write depth: 1', clone: always },
	lineinfile: { unsafe_writes: 'files are replaced as a whole: leave it out' },
	package: {
		allow_downgrade: 'write name: NAME=VERSION with the module apt, which has allow_downgrade',
		disable_gpg_check: ownSource,
		use: 'what the host has is used: leave it out',
	},
	service: {
		daemon_reload: 'write systemd: {name: NAME, daemon_reload: true}',
		sleep: 'between stop and start nothing waits: leave it out',
		arguments: 'write them into the unit, with systemd: {daemon_reload: true}',
		use: 'what the host has is used: leave it out',
	},
	shell: { warn: 'there are no such warnings: leave it out' },
	sysctl: {
		ignoreerrors: 'write ignore_errors: true at the task',
		sysctl_set: 'the running kernel gets the value too: leave it out',
	},
	systemd: { no_block: 'it waits until the unit has started: leave it out', force: always },
	template: {
		trim_blocks: 'a tag of a section has its line for itself: leave it out',
		lstrip_blocks: 'a tag of a section has its line for itself: leave it out',
	},
	unarchive: {
		list_files: 'the result has no list of files: leave it out',
		mode: 'files have the permissions of the archive: write file: {path: …, mode: …} behind it',
		validate_certs: always,
	},
	user: {
		generate_ssh_key: keygen,
		ssh_key_bits: keygen,
		ssh_key_comment: keygen,
		ssh_key_file: keygen,
		ssh_key_type: keygen,
		expires: 'write a task of its own: {command: chage -E DATE NAME}',
	},
};

const of = (table: Readonly<Record<string, string>> | undefined, key: string): string | undefined =>
	table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

/** What an argument of Ansible's module is called here. */
export const sameArgument = (module: string, argument: string): string | undefined =>
	of(Object.hasOwn(renamed, module) ? renamed[module] : undefined, argument);

/** What to do about an argument of Ansible's module of this name. */
export function adviceOnArgument(module: string, argument: string): string | undefined {
	const same = sameArgument(module, argument);
	return same
		? `the argument is called ${same} here: write ${same}`
		: of(Object.hasOwn(words, module) ? words[module] : undefined, argument);
}

const yes = /^(yes|on|y|true|True|1)$/;
const no = /^(no|off|n|false|False|0)$/;

/** What to write for a value that an argument does not take. `expected`: the type that it has. */
export function adviceOnValue(
	module: string,
	path: readonly (string | number)[],
	expected: string | undefined,
	value: unknown,
): string | undefined {
	const name = String(path.findLast((part) => typeof part === 'string') ?? '');
	const written = (text: string): string => `write ${name}: ${text}`;
	if (expected === 'string' && Array.isArray(value)) {
		return value.every((line) => typeof line === 'string')
			? `write one text: ${name}: ${JSON.stringify(value.join('\n'))}`
			: undefined;
	}

	if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
		return written(JSON.stringify(String(value)));
	}

	if (expected === 'array' && typeof value === 'string') {
		return written(inYaml(value.split(',').map((word) => word.trim())));
	}

	if (typeof value !== 'string' && typeof value !== 'number') {
		return undefined;
	}

	const text = String(value);
	if (expected === 'boolean') {
		return yes.test(text) ? written('true') : no.test(text) ? written('false') : undefined;
	}

	if ((expected === 'number' || expected === 'int') && /^-?\d+(\.\d+)?$/.test(text)) {
		return written(text);
	}

	if (/(^|_)mode$/.test(name)) {
		const mode = modeInDigits(text);
		return mode && written(JSON.stringify(mode));
	}

	return ofText(module, name, text);
}

function ofText(module: string, name: string, text: string): string | undefined {
	if (module === 'unarchive' && name === 'extra_opts') {
		return /^--no-same-/.test(text) ? 'owner and group say whose the files are: leave it out' : undefined;
	}

	if ((module === 'package' || module === 'apt') && /^(\/|https?:)/.test(text)) {
		return text.endsWith('.deb')
			? `write a task of its own: {command: apt-get install -y FILE, unless: dpkg -s NAME}`
			: 'write a task of its own: {command: dnf install -y FILE, unless: rpm -q NAME}';
	}

	if (name === 'executable' && /^\w+$/.test(text)) {
		return `write executable: /bin/${text}`;
	}

	return text.startsWith('~')
		? 'write the home folder itself, such as /home/NAME; !cel "facts.user.home" is that of the login'
		: undefined;
}

/** A mode in letters as digits; what is only added, is added to 0644. */
export function modeInDigits(text: string): string | undefined {
	if (/^0+[0-7]{4}$/.test(text)) {
		return text.slice(-4);
	}

	const clauses = text.split(',').map((clause) => /^([ugoa]*)([=+-])([rwxX]*)$/.exec(clause.trim()));
	if (clauses.some((clause) => clause === null)) {
		return undefined;
	}

	const bits = [6, 4, 4];
	for (const [, who = '', sign, letters = ''] of clauses.filter((clause) => clause !== null)) {
		const value = [...letters].reduce((sum, letter) => sum | ({ r: 4, w: 2, x: 1, X: 1 }[letter] ?? 0), 0);
		for (const [index, letter] of ['u', 'g', 'o'].entries()) {
			if (who === '' || who.includes('a') || who.includes(letter)) {
				const before = bits[index] ?? 0;
				bits[index] = sign === '=' ? value : sign === '+' ? before | value : before & ~value;
			}
		}
	}

	return `0${bits.join('')}`;
}
