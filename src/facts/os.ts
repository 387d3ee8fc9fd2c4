import type { Facts } from '../module/facts.ts';
import { lines, type Probes, type Said } from './sections.ts';

export const osProbes: Probes = {
	release: 'cat /etc/os-release || cat /usr/lib/os-release',
	// Always in this order: node name, release, machine.
	uname: 'uname -nrm',
	hosts: 'cat /etc/hosts',
	init: 'if [ -d /run/systemd/system ]; then echo systemd; else cat /proc/1/comm; fi',
	selinux: 'cat /sys/fs/selinux/enforce',
	python: 'command -v python3',
	date: 'date -u +%Y-%m-%dT%H:%M:%SZ',
	machine: 'cat /etc/machine-id',
	passwd: 'getent passwd "$(id -un)" || grep "^$(id -un):" /etc/passwd',
};

type OsFacts = Pick<
	Facts,
	| 'os'
	| 'kernel'
	| 'arch'
	| 'hostname'
	| 'fqdn'
	| 'init'
	| 'selinux'
	| 'python'
	| 'date'
	| 'machine_id'
	| 'user'
>;

export function os(said: Said): OsFacts {
	const [node = '', kernel = '', arch = ''] = said('uname').split(' ');
	const [user = '', , uid, , , home = '', shell = ''] = said('passwd').split(':');
	return {
		os: release(said('release')),
		kernel,
		arch,
		hostname: node.split('.')[0] ?? '',
		fqdn: fullName(node, said('hosts')),
		init: said('init'),
		selinux: { '1': 'enforcing', '0': 'permissive' }[said('selinux')] ?? 'disabled',
		python: said('python') || null,
		date: said('date'),
		machine_id: said('machine'),
		user: { name: user, uid: Number(uid ?? -1), home, shell },
	};
}

const families: readonly (readonly [string, RegExp])[] = [
	['debian', /^(debian|ubuntu|raspbian|linuxmint)$/],
	['redhat', /^(rhel|fedora|centos|rocky|almalinux|ol|amzn)$/],
	['suse', /^(suse|sles|opensuse.*)$/],
	['alpine', /^alpine$/],
];

/** The family of a system by its id; undefined for one that is its own. */
export const familyOf = (id: string): string | undefined =>
	families.find(([, pattern]) => pattern.test(id))?.[0];

/** Of os-release(5). */
export function release(text: string): Facts['os'] {
	const values = new Map(
		lines(text).map((line) => {
			const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
			return [name, value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(.)/g, '$1')];
		}),
	);
	const id = values.get('ID') ?? '';
	const ids = [id, ...(values.get('ID_LIKE') ?? '').split(' ')];
	const family = ids.map(familyOf).find((name) => name !== undefined);
	return {
		family: family ?? id,
		id,
		version: values.get('VERSION_ID') ?? '',
		codename: values.get('VERSION_CODENAME') ?? '',
		pretty: values.get('PRETTY_NAME') ?? id,
	};
}

/** The first name with a dot that /etc/hosts has for the node. Asking DNS could take many seconds. */
function fullName(node: string, hosts: string): string {
	const names = lines(hosts)
		.map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
		.find((entry) => entry.includes(node));
	return names?.find((name) => name.startsWith(`${node}.`)) ?? node;
}
