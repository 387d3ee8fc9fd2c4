#!/bin/sh
# look-around.sh INTERFACE: what a run has to know of the host before it changes the tunnel of this name. Changes nothing.
#   tunnel NAME    another name has a configuration of this role
#   trace NAME     another name has something else of this role: files, tables, rules
#   kept NAME      another name has keys, and no configuration
#   key NAME       there is a key of a server under this name
#   clash FILE     of another name, and the same of this one is there and differs
#   here NAME      this name has a configuration
#   foreign        it is somebody else's
#   live NAME      the name under which the tunnel runs
#   port PORT      where it listens
#   from ADDRESS   this session comes through the tunnel
set -u
LC_ALL=C
export LC_ALL
wanted=$1
mark='^# Written by g2pbook, role wireguard'

# A run whose session was cut may still be renaming it.
timeout 30 sh -c 'while systemctl is-active --quiet g2pbook-wireguard-switch; do sleep 0.2; done'

# Names of interfaces, the second server's as the first one's.
others() { sed 's/-next$//' | sort -u | grep -vxF -- "$wanted"; }
marked() { grep -ls "$mark" "$@" | sed 's,.*/,,; s/\.[a-z]*$//'; }

tunnels=$(marked /etc/wireguard/*.conf | others)
traces=$(
	{
		marked /etc/wireguard/*.channels /etc/wireguard/*.marks
		grep -ls "$mark" /etc/systemd/system/wg-quick@*.service.d/g2pbook.conf | sed 's,.*/wg-quick@,,; s,\.service\.d/.*,,'
		iptables -S 2>/dev/null | sed -n 's/.*--comment "\{0,1\}g2pbook-wireguard-\([^" ]*\).*/\1/p'
		nft list tables inet 2>/dev/null | sed -n 's/^table inet \(g2p_.*\)/\1/p' | while read -r table; do
			nft list table inet "$table" | sed -n 's/.*iifname { "\([^"]*\)", "[^"]*-next" }.*/\1/p'
		done
	} | others
)
kept=$(ls -d /etc/wireguard/*.peers 2>/dev/null | sed 's,.*/,,; s/\.peers$//' | others)

for name in $tunnels; do echo "tunnel $name"; done
for name in $traces; do printf '%s\n' "$tunnels" | grep -qxF -- "$name" || echo "trace $name"; done
for name in $kept; do printf '%s\n' "$tunnels" | grep -qxF -- "$name" || echo "kept $name"; done
for file in /etc/wireguard/*.key; do [ ! -e "$file" ] || echo "key $(basename "$file" .key)"; done

cd /etc/wireguard 2>/dev/null && for name in $tunnels; do
	for tail in '' -next; do
		[ ! -e "$name$tail.key" ] || [ ! -e "$wanted$tail.key" ] || cmp -s "$name$tail.key" "$wanted$tail.key" ||
			echo "clash $name$tail.key"
	done
	# With its key, its peers have been taken along.
	[ -e "$wanted.key" ] || [ ! -d "$name.peers" ] || [ ! -d "$wanted.peers" ] ||
		diff -r "$name.peers" "$wanted.peers" >/dev/null || echo "clash $name.peers"
done
[ ! -e "/etc/wireguard/$wanted.conf" ] || echo "here $wanted"
[ ! -e "/etc/wireguard/$wanted.conf" ] || grep -qs "$mark" "/etc/wireguard/$wanted.conf" || echo foreign

ours=
for name in "$wanted" $tunnels; do
	for one in "$name" "$name-next"; do
		grep -qs "$mark" "/etc/wireguard/$one.conf" && wg show "$one" >/dev/null 2>&1 || continue
		case $ours in '') echo "live $one"; echo "port $(wg show "$one" listen-port)" ;; esac
		ours="$ours $one "
	done
done

# sshd has told its children who came; sudo has not told its own.
pid=$$
while [ "$pid" -gt 1 ] 2>/dev/null; do
	from=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=\([^ ]*\) .*/\1/p')
	if [ -n "$from" ]; then
		way=$(ip -o route get "$from" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
		case $ours in *" $way "*) echo "from $from" ;; esac
		break
	fi
	pid=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null)
done
exit 0
