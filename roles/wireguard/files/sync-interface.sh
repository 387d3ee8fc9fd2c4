#!/bin/sh
# sync-interface.sh INTERFACE ADDRESS [MTU]: make a running tunnel what its configuration says, without a restart.
set -eu
umask 077
interface=$1 address=$2 mtu=${3-}

if ! wg show "$interface" >/dev/null 2>&1; then
	# The unit says that it runs, and the interface is gone: its program was killed.
	systemctl restart "wg-quick@$interface"
	exit 0
fi

# A second server whose answers would not find their way, because somebody has flushed rules, routes or marks.
if grep -q '^Table = off' "/etc/wireguard/$interface.conf" && ! {
	ip -4 rule show | grep -qF 'fwmark 0x100/0x100 lookup 256' &&
		ip -4 route show table 256 | grep -q " dev $interface " &&
		nft list table inet "g2p_$(printf %s "$interface" | tr -c 'A-Za-z0-9_' _)" >/dev/null 2>&1
}; then
	systemctl restart "wg-quick@$interface"
	exit 0
fi

# Connections that live on while ufw reads its rules again: the same line that brings them up.
eval "$(sed -n 's/^PostUp = \(for way in .*\)/\1/p' "/etc/wireguard/$interface.conf")"

configuration=$(mktemp)
trap 'rm -f "$configuration"' EXIT
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
