#!/bin/sh
# Written by g2pbook, role wireguard. Cuts off peers whose time is over, and leaves what the next run would: they are
# neither in the running tunnel nor in its configuration, and their keys are gone.
set -eu
umask 077
LC_ALL=C
export LC_ALL
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

for file in /etc/wireguard/*.conf; do
	interface=$(basename "$file" .conf)
	# One that is down lets nobody in, and may be read just now to be brought up.
	grep -qs '^# Written by g2pbook, role wireguard' "$file" && wg show "$interface" >/dev/null 2>&1 || continue
	awk -v now="$now" '
		/^# [^ ]+, until / { name = substr($2, 1, length($2) - 1); until = $4 (length($4) == 10 ? "T24" : ""); next }
		/^PublicKey = / { if (name != "" && until "" <= now "") print name, $3; name = "" }
	' "$file" | while read -r name key; do
		wg set "$interface" peer "$key" remove
		# Blank lines stand between peers, and nowhere else.
		grep -vF "PostUp = wg set %i peer $key " "$file" | awk -v key="$key" '
			BEGIN { RS = "" }
			index($0 "\n", "\nPublicKey = " key "\n") { next }
			{ printf "%s%s\n", separator, $0; separator = "\n" }
		' >"$file.new"
		mv "$file.new" "$file"
		rm -rf "/etc/wireguard/$interface.peers/$name"
		echo "<5>the time of $name is over: cut off from $interface"
	done
done
