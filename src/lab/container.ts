import type Docker from 'dockerode';

export type ContainerWish = {
	readonly name: string;
	readonly hostname: string;
	readonly image: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Docker network, and this host's fixed address on it, so that a restart keeps it. */
	readonly network?: { readonly name: string; readonly address: string } | undefined;
	/** Volume mounted at /srv: exports over NFS need file handles, which the image's layers do not give. */
	readonly volume?: string | undefined;
	/** `systemd`: like a server. `sshd`: only sshd, for tests that need no units; starts in a blink. */
	readonly init: 'systemd' | 'sshd';
};

/**
 * What may be written below /proc/sys is what the container has for itself (`net`); the rest belongs to the
 * machine below. The other paths are Docker's defaults.
 */
const readonlyPaths = [
	...['abi', 'debug', 'dev', 'fs', 'kernel', 'user', 'vm'].map((part) => `/proc/sys/${part}`),
	'/proc/bus',
	'/proc/fs',
	'/proc/irq',
	'/proc/sysrq-trigger',
];

/** `--privileged` would be simpler and is refused in many places; this is what a server's daemons really need. */
const capabilities = ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW', 'SYS_PTRACE', 'DAC_READ_SEARCH'];

/** How to create the container that stands for a host. `cgroupVersion` is what `docker info` says. */
export function containerOptions(
	wish: ContainerWish,
	cgroupVersion: '1' | '2',
): Docker.ContainerCreateOptions {
	const { name, hostname, image, labels, network, volume, init } = wish;
	const cgroup1 = cgroupVersion === '1';
	const host = {
		CapAdd: capabilities,
		SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
		// With version 2 a namespace of its own, which systemd can take over; with 1 there is nothing to take over.
		CgroupnsMode: cgroup1 ? 'host' : 'private',
		Binds: [
			...(cgroup1 ? ['/sys/fs/cgroup:/sys/fs/cgroup:rw'] : []),
			...(volume === undefined ? [] : [`${volume}:/srv`]),
		],
		Tmpfs: { '/run': 'rw,exec,mode=755', '/run/lock': 'rw', '/tmp': 'rw,exec,mode=1777' },
		ReadonlyPaths: readonlyPaths,
		Devices: ['/dev/net/tun', '/dev/fuse'].map((path) => ({
			PathOnHost: path,
			PathInContainer: path,
			CgroupPermissions: 'rwm',
		})),
		Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0' },
		ShmSize: 256 * 1024 * 1024,
		...(network !== undefined && { NetworkMode: network.name }),
	};
	return {
		name,
		Hostname: hostname,
		Image: image,
		Labels: { ...labels },
		Env: ['container=docker'],
		Cmd: [...command(init, cgroup1)],
		StopSignal: init === 'systemd' ? 'SIGRTMIN+3' : 'SIGTERM',
		HostConfig: host,
		...(network !== undefined && {
			NetworkingConfig: {
				EndpointsConfig: {
					[network.name]: { IPAMConfig: { IPv4Address: network.address }, Aliases: [hostname] },
				},
			},
		}),
	};
}

/**
 * Docker mounts these over the image's files, where they can be neither renamed over nor kept: on a server they
 * are files, which `hostnamectl` and roles replace, and which survive a restart.
 */
const ownFiles = `for name in hostname hosts resolv.conf; do
	text=$(cat /etc/$name)
	umount /etc/$name && chmod 0644 /etc/$name && { [ -s /etc/$name ] || echo "$text" >/etc/$name; }
done`;

/** Docker mounts the groups of a namespace read-only; systemd needs to make groups in it. */
const ownGroups = 'mount -o remount,rw /sys/fs/cgroup';

function command(init: 'systemd' | 'sshd', cgroup1: boolean): readonly string[] {
	const lines =
		init === 'sshd'
			? ['mkdir -p /run/sshd', 'exec /usr/sbin/sshd -D -e']
			: [ownFiles, ...(cgroup1 ? [] : [ownGroups]), 'exec /lib/systemd/systemd'];
	return ['sh', '-c', lines.join('\n')];
}
