import type { Facts } from '../module/facts.ts';
import { lines, type Probes, type Said } from './sections.ts';

/**
 * What the kernel, and the container around it, really allow. Probed by use where that leaves nothing behind: in a
 * network or mount namespace that ends with the probe. Who may not make one gets the answer of the module files.
 */
const probes: Probes = {
	wireguard:
		'unshare -n ip link add type wireguard || unshare -rn ip link add type wireguard || { [ "$(id -u)" != 0 ] && { [ -d /sys/module/wireguard ] || modinfo -n wireguard; }; }',
	nfsd: 'unshare -m mount -t nfsd nfsd /tmp || { [ "$(id -u)" != 0 ] && { grep -qw nfsd /proc/filesystems || modinfo -n nfsd; }; }',
	nfs: 'grep -qw nfs4 /proc/filesystems || modinfo -n nfs',
	overlay: 'grep -qw overlay /proc/filesystems || modinfo -n overlay',
	iptables:
		'unshare -n iptables -w -nL || unshare -rn iptables -w -nL || { [ "$(id -u)" != 0 ] && [ -d /sys/module/ip_tables ]; }',
	tun: '( : <>/dev/net/tun )',
	fuse: '( : <>/dev/fuse )',
	systemd: '[ -d /run/systemd/system ]',
	cgroup2: '[ -f /sys/fs/cgroup/cgroup.controllers ]',
	apparmor: '[ -d /sys/kernel/security/apparmor ]',
	sudo: 'command -v sudo',
};

export const featureProbes: Probes = {
	features: Object.entries(probes)
		.map(([name, line]) => `if { ${line}; } >/dev/null 2>&1; then echo ${name}; fi`)
		.join('\n'),
};

export function features(said: Said): Facts['features'] {
	const found = new Set(lines(said('features')));
	return Object.fromEntries(Object.keys(probes).map((name) => [name, found.has(name)]));
}
