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

configuration=$(mktemp)
trap 'rm -f "$configuration"' EXIT
# With the private key in it: without one, syncconf would take the key away and end every session.
wg-quick strip "$interface" |
	awk '{ print } /^\[Interface\]/ { getline key <file; print "PrivateKey = " key }' file="/etc/wireguard/$interface.key" >"$configuration"
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
