#!/bin/sh
# take-down.sh NAME TABLE: a tunnel, or a second server, and all that the kernel has of it. Its files stay.
set -u
name=$1 table=$2

systemctl disable --now --quiet "wg-quick@$name"
systemctl reset-failed --quiet "wg-quick@$name" 2>/dev/null
# Brought up by hand, or in the middle of something: the unit does not know of it.
if grep -qs '^# Written by g2pbook, role wireguard' "/etc/wireguard/$name.conf" && wg show "$name" >/dev/null 2>&1; then
	ip link delete "$name"
fi

if nft list table inet "$table" >/dev/null 2>&1; then
	nft delete table inet "$table"
fi

iptables -S 2>/dev/null | sed -n "/--comment \"\{0,1\}g2pbook-wireguard-$name\"\{0,1\} /s/^-A/-D/p" | xargs -rL1 iptables
# The table of routes that a second server has, when none has it any more.
if [ -z "$(ip -4 route show table 256 2>/dev/null)" ]; then
	while ip -4 rule del fwmark 0x100/0x100 lookup 256 2>/dev/null; do :; done
fi

exit 0
