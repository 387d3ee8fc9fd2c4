#!/bin/sh
# sync-interface.sh INTERFACE ADDRESS NETWORK [MTU]: make a running tunnel what its configuration says, without a restart.
set -eu
umask 077
interface=$1 address=$2 network=$3 mtu=${4-}
restart() {
	systemctl reset-failed "wg-quick@$interface" 2>/dev/null || true
	systemctl restart "wg-quick@$interface"
	exit 0
}

# The unit says that it runs, and the interface is gone.
wg show "$interface" >/dev/null 2>&1 || restart
# Its program was started before systemd watched it.
if [ -S "/run/wireguard/$interface.sock" ] && [ "$(systemctl show --property=MainPID --value "wg-quick@$interface")" = 0 ]; then
	restart
fi

# A second server whose answers would not find their way, because somebody has flushed rules, routes or marks.
if grep -q '^Table = off' "/etc/wireguard/$interface.conf" && ! {
	ip -4 rule show | grep -qF 'fwmark 0x100/0x100 lookup 256' &&
		[ "$(ip -4 route show table 256 | awk '{print $1, $3}')" = "$network $interface" ] &&
		nft list table inet "g2p_$(printf %s "$interface" | tr -c 'A-Za-z0-9_' _)" >/dev/null 2>&1
}; then
	restart
fi

# The same lines as when it comes up. Connections that live on while ufw reads its rules again: those of another port go.
eval "$(sed -n 's/^PostDown = \(iptables -S .*\)/\1/p; s/^PostUp = \(for way in .*\)/\1/p' "/etc/wireguard/$interface.conf" | sort -r)"
[ ! -e "/proc/sys/net/ipv6/conf/$interface/disable_ipv6" ] || echo 1 >"/proc/sys/net/ipv6/conf/$interface/disable_ipv6"

configuration=$(mktemp -p /run)
trap 'rm -f "$configuration"' EXIT
trap 'exit 129' HUP INT TERM PIPE
# With the keys in it: without them, syncconf would take them away and end every session.
wg-quick strip "$interface" |
	awk '
		NR == FNR { if (/^PostUp = wg set %i peer /) preshared[$7] = $9; next }
		{ print }
		/^\[Interface\]/ { getline key <server; print "PrivateKey = " key }
		/^PublicKey = / && $3 in preshared { getline key <preshared[$3]; print "PresharedKey = " key }
	' server="/etc/wireguard/$interface.key" "/etc/wireguard/$interface.conf" - >"$configuration"
# An empty file would take every peer away.
grep -q '^PrivateKey = .' "$configuration" || { echo "there is no key for /etc/wireguard/$interface.conf" >&2; exit 1; }
# Leaves the peers that did not change in peace, handshakes included.
wg syncconf "$interface" "$configuration"

if ! ip -o -4 addr show dev "$interface" | awk '{print $4}' | grep -qxF "$address"; then
	ip addr add "$address" dev "$interface"
fi
for old in $(ip -o -4 addr show dev "$interface" | awk '{print $4}'); do
	[ "$old" = "$address" ] || ip addr del "$old" dev "$interface"
done
[ -z "$mtu" ] || ip link set dev "$interface" mtu "$mtu"
