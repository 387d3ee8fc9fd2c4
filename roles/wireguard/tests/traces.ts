import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

/** Everything that systemd, the kernel and the files of the proxy have of tunnels. */
const everything = `
	ip -o link; ip -4 -o addr; ip rule; ip route show table all; wg show all | grep -v 'latest handshake\\|transfer'
	nft --stateless list ruleset; iptables-save
	systemctl list-units --all --plain --no-legend 'wg-quick@*' 'g2pbook-*'
	systemctl list-unit-files --plain --no-legend 'wg-quick@*' 'g2pbook-*'
	find /etc/wireguard /etc/systemd/system /run/wireguard /run/g2pbook* -name '*wireguard*' -o -name '*wg*' -o -name '.*'
	grep -r . /etc/wireguard --include='*.conf' --include='*.channels' --include='*.marks'`;

/** The lines of all this in which a pattern is found. */
export async function traces(lab: TestLab, pattern: RegExp): Promise<readonly string[]> {
	const said = await lab.output('rp1', `{ ${everything}\n} 2>/dev/null; true`);
	return said.split('\n').filter((line) => pattern.test(line));
}

/** What one tunnel is at work, without what passes: to be compared. */
export const working = (lab: TestLab, ...names: readonly string[]): Promise<string> =>
	lab.output(
		'rp1',
		`for one in ${names.join(' ')}; do
			for what in listen-port public-key allowed-ips preshared-keys; do wg show $one $what | sort; done
			ip -o -4 addr show dev $one | awk '{print $2, $4}'
			cd /proc/sys/net; cat ipv6/conf/$one/disable_ipv6 ipv4/conf/$one/rp_filter /sys/class/net/$one/mtu
		done
		ip rule; ip route show table 256 | sort; ip route | sort; iptables -S | sort
		for table in $(nft list tables inet | awk '{print $3}'); do nft --stateless list table inet $table; done`,
	);
