import { outputInside } from '../../src/lab/inside.ts';
import type { LabHostUp } from '../../src/lab/lab.ts';

/** What a host is and does, one line each, with what is made up anew for each site taken out. */
export type Snapshot = ReadonlySet<string>;

/** Its content is made up on the host: that it is there, with its owner and mode, is what counts. */
const secrets = [
	...['/etc/wireguard/*.key', '/etc/wireguard/*.peers/*/*', '/etc/g2pbook/tls/*', '/etc/g2pbook/postgres/*'],
	...[
		'/etc/nginx/g2p/tls.pem',
		'/etc/ssh/ssh_host_*',
		'/etc/machine-id',
		'/etc/ssl/private/*',
		'/etc/ssl/certs/*',
	],
	...[
		'/etc/*-',
		'/etc/shadow',
		'/etc/ld.so.cache',
		'*/.ssh/authorized_keys',
		'/etc/.pwd.lock',
		'/var/lib/g2pbook/nginx-rp/tls.pem',
	],
];

/** Not files of a host, or files that come and go while nobody does anything. */
const elsewhere = [
	...[
		'/proc',
		'/sys',
		'/dev',
		'/run',
		'/var/log',
		'/var/cache',
		'/tmp/systemd-private-*',
		'/var/tmp/systemd-private-*',
	],
	...[
		'/var/lib/systemd',
		'/var/lib/private',
		'/var/lib/chrony',
		'/var/lib/nfs/ganesha',
		'/var/lib/apt',
		'/var/lib/dpkg',
	],
	...['/var/lib/dbus', '/var/lib/postgresql/*/*', '/.dockerenv', '/root/.psql_history', '/var/lib/logrotate'],
];

const paths = (list: readonly string[]): string => list.map((path) => `-path '${path}'`).join(' -o ');
const found = (places: string): string => `find ${places} -xdev \\( ${paths(elsewhere)} \\) -prune -o`;

const script = `export LC_ALL=C
{
	${found('/ /srv')} -printf '%p %y %m %u:%g %l\\n'
	find /run /run/lock /dev/shm /tmp /var/tmp -xdev \\( -name '*g2p*' -o -name '.g2p*' \\) -print 2>/dev/null
} | sed 's/^/entry /'
${found('/etc /usr/local /var/lib/g2pbook /srv /root /home')} -type f ! \\( ${paths(secrets)} \\) -print | while read -r file; do
	echo "content $file $(plain <"$file" | sha256sum | cut -c1-16)"
done
dpkg-query -W -f 'package \${binary:Package} \${Version} \${db:Status-Abbrev}\\n'
dpkg --audit | sed 's/^/broken /'
systemctl list-units --all --plain --no-legend --type=service,socket,timer,path,mount | awk '{print "unit", $1, $2, $3, $1 ~ /\\.timer$/ && $4 == "running" ? "waiting" : $4}'
systemctl list-unit-files --plain --no-legend | awk '{print "enabled", $1, $2}'
ls /run/systemd/transient 2>/dev/null | grep -v -e '^session-' -e '^user' -e '\\.scope$' | sed 's/^/transient /'
ss -Hlntup | awk '{ program = match($0, /"[^"]+"/) ? substr($0, RSTART, RLENGTH) : ""; print "socket", $1, $5, program }'
ps -eo user=,comm= | sed 's/^/process /'
for family in iptables ip6tables; do
	"$family-save" 2>/dev/null | grep -v '^#' | sed "s/\\[[0-9]*:[0-9]*\\]//; s/^/$family /"
done
nft --stateless list ruleset 2>/dev/null | sed 's/^/nft /'
ip -o addr show | sed 's/^[0-9]*: //; s/@if[0-9]*//; s/valid_lft.*//; /fe80/d; s/^/address /'
ip route show table all | grep -v fe80 | sed 's/^/route /'
ip rule | sed 's/^/rule /'
wg show all dump 2>/dev/null | awk '{print "wg", $1, NF, $5}'
cat /etc/sysctl.d/*g2pbook* 2>/dev/null | sed -n 's/^\\([a-z0-9_.]*\\) *=.*/\\1/p' | while read -r key; do echo "sysctl $key $(sysctl -n "$key")"; done
if command -v psql >/dev/null && [ -d /etc/postgresql ]; then
	cd /
	runuser -u postgres -- pg_dumpall --globals-only --no-role-passwords | grep -v '^--' | sed 's/^/roles /'
	runuser -u postgres -- psql -XAtc "SELECT datname, datdba::regrole, datacl FROM pg_database" \\
		-c "SELECT name, setting, pending_restart FROM pg_settings WHERE source IN ('configuration file', 'database')" | sed 's/^/database /'
fi`;

/** Networks and keys differ between sites, and nothing else of these texts may. */
const plain = `plain() {
	sed -E 's/172\\.30\\.[0-9]+\\./172.30.N./g; s#[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=#KEY#g; s/g2pbook-(test|lab)-[0-9a-f]+[-a-z0-9]*/LAB/g'
}
`;

/**
 * Sessions that end by themselves, who is there because somebody looks, what a timer does every minute, and the resolver
 * that Docker gives a container.
 */
const passing = [
	/^process root +(g2pbook-wiregua|wg|basename|date|grep)$/,
	/^unit g2pbook-wireguard-expiry\.service loaded (inactive dead|activating start)$/,
	/^unit (user|session|run-user|systemd-(hostnamed|timedated|localed|tmpfiles))/,
	/^process \S+ +(ps|sh|sed|awk|bash|sshd|sshd-session|systemd|systemd-(timedat|hostnam|localed)|\(sd-pam\)|sudo|ss|sort|cut|kworker.*)$/,
	/127\.0\.0\.11\b|DOCKER_/,
	/^roles \\(un)?restrict /,
];

export async function snapshot({ container }: Pick<LabHostUp, 'container'>): Promise<Snapshot> {
	const text = await outputInside(container, `${plain}{\n${script}\n} | plain | sort -u`);
	return new Set(text.split('\n').filter((line) => line !== '' && !passing.some((kind) => kind.test(line))));
}

/** What differs, one line each: `- ` what an undisturbed host has, `+ ` what this one has. */
export const differences = (undisturbed: Snapshot, seen: Snapshot): readonly string[] => [
	...[...undisturbed].filter((line) => !seen.has(line)).map((line) => `- ${line}`),
	...[...seen].filter((line) => !undisturbed.has(line)).map((line) => `+ ${line}`),
];
