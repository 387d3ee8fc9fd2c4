import { createHash } from 'node:crypto';
import type { Distribution } from './distributions.ts';

/** What a server of any kind has after its installer is done. No Python: g2pbook must not need it. */
const installed = [
	'systemd',
	'systemd-sysv',
	'dbus',
	'udev',
	'openssh-server',
	'sudo',
	'ca-certificates',
	'iproute2',
	'iputils-ping',
	'netbase',
	'procps',
];

/** What roles and their tests install: downloaded into the image, so that it takes seconds and no network. */
const baked = [
	'acl',
	'age',
	'busybox',
	'chrony',
	'cron',
	'curl',
	'dnsmasq',
	'git',
	'iptables',
	'iputils-arping',
	'jq',
	'keepalived',
	'lego',
	'libnfs-utils',
	'logrotate',
	'netcat-openbsd',
	'nfs-common',
	'nfs-ganesha',
	'nfs-ganesha-vfs',
	'nfs-kernel-server',
	'nftables',
	'nginx',
	'openssl',
	'pgbackrest',
	'postgresql',
	'postgresql-contrib',
	'prometheus-nginx-exporter',
	'prometheus-node-exporter',
	'prometheus-postgres-exporter',
	'python3',
	'qrencode',
	'restic',
	'rsync',
	'rust-coreutils',
	'sudo-rs',
	'tcpdump',
	'ufw',
	'unattended-upgrades',
	'unzip',
	'wireguard-go',
	'wireguard-tools',
	'xz-utils',
	'zstd',
];

/** What tests install on hosts beside: in their short lists, and fetched when it is wanted. */
const listed = [
	'bind9',
	'bind9-dnsutils',
	'cowsay',
	'etcd-client',
	'etcd-server',
	'gnupg',
	'nginx-light',
	'pebble',
	'prometheus',
	'prometheus-alertmanager',
];

const shortLists = '/var/lib/apt/short';

/** The shell line by which apt of a host knows no more than what the image brings. It finds as old what it found so before. */
export const shortenLists = `cp --preserve=timestamps ${shortLists}/* /var/lib/apt/lists/ && apt-cache gencaches`;

/** Units that would change a host on their own in the middle of a test, or that cannot start in a container. */
const masked = [
	'apt-daily.timer',
	'apt-daily-upgrade.timer',
	'dpkg-db-backup.timer',
	'e2scrub_all.timer',
	'fstrim.timer',
	'motd-news.timer',
	'systemd-firstboot.service',
	'console-getty.service',
	'getty.target',
	// Brought by nfs-common; it needs a kernel module that containers cannot load.
	'run-rpc_pipefs.mount',
];

// Recommended packages are off: a container has no kernel package, so that wireguard-tools would bring one.
const aptSettings = ['APT::Install-Recommends "0";', 'Acquire::Languages "none";', 'Dpkg::Use-Pty "0";'];

// The clock belongs to the machine below: chronyd runs, and leaves it alone.
const chronyUnit = `[Unit]
ConditionCapability=
[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS
`;

/**
 * The shell script that makes a host of a bare image of a distribution, as root inside it.
 * @param machineSettings apt settings of this machine without which packages cannot be had.
 */
export const recipe = (machineSettings: readonly string[]): string => `set -eu
export DEBIAN_FRONTEND=noninteractive
rm -f /etc/apt/apt.conf.d/docker-* /usr/sbin/policy-rc.d
cat >/etc/apt/apt.conf.d/90g2pbook-lab <<'END'
${[...aptSettings, ...machineSettings].join('\n')}
END
apt-get update -q
apt-get dist-upgrade -yq
apt-get install -yq ${installed.join(' ')}
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: >/etc/machine-id
systemctl mask ${masked.join(' ')}
mkdir -p /etc/systemd/system/chrony.service.d
cat >/etc/systemd/system/chrony.service.d/lab.conf <<'END'
${chronyUnit}END
if id ubuntu 2>/dev/null; then userdel --remove ubuntu; fi
useradd --uid 1000 --create-home --shell /bin/bash admin
echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin
chmod 0440 /etc/sudoers.d/admin
# sudo leaves it at the first use: an admin who has used it before.
install -o admin -g admin -m 0644 /dev/null /home/admin/.sudo_as_admin_successful
apt-get clean
known() {
	for name; do
		if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then echo "$name"; fi
	done
}
apt-get install -yq --download-only $(known ${baked.join(' ')})
# Their largest libraries are there already: unpacking them took longer than what brings them.
large=
for file in /var/cache/apt/archives/*.deb; do
	if [ "$(dpkg-deb -f "$file" Section)" = libs ] && [ "$(dpkg-deb -f "$file" Installed-Size)" -gt 20000 ]; then
		large="$large $(dpkg-deb -f "$file" Package)"
	fi
done
apt-get install -yq --no-download $large
# apt goes through all that its lists name whenever it is called, which takes a second. Hosts of tests, which want
# nothing else than what is here, get these instead: see shortenLists.
names=$(mktemp)
for file in /var/cache/apt/archives/*.deb; do dpkg-deb -f "$file" Package; done >"$names"
apt-get install --simulate $(known ${listed.join(' ')}) | awk '$1 == "Inst" { print $2 }' >>"$names"
dpkg-query --show --showformat '\${Package}\\n' >>"$names"
mkdir ${shortLists}
for list in /var/lib/apt/lists/*_Packages; do
	awk -v names="$names" 'BEGIN { while ((getline name < names) > 0) known[name]; RS = ""; ORS = "\\n\\n" }
		$2 in known' "$list" >"${shortLists}/\${list##*/}"
done
rm "$names"
`;

/** Name and tag of the image that the recipe makes: another recipe, another tag. */
export const imageTag = ({ name }: Distribution, script: string): string =>
	`g2pbook-lab/${name}:${createHash('sha256').update(script).digest('hex').slice(0, 12)}`;
