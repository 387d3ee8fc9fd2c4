#!/bin/sh
# listens.sh UNIT=ADDRESS=PORT…: whether each unit listens on that address and no other, and answers there. Only looks; one
# that was just started has ten seconds.
set -u
seen=
left=20

# `[` and `]` belong to the words of ss, and not to an address.
answers() {
	host=${1#[}
	timeout 5 bash -c "exec 3<>'/dev/tcp/${host%]}/$2' && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && grep -q '^HTTP/1.[01] 200' <&3" 2>/dev/null
}

wrong() {
	for wanted; do
		unit=${wanted%%=*} rest=${wanted#*=}
		address=${rest%=*} port=${rest##*=}
		pid=$(systemctl show --property MainPID --value "$unit")
		listening=$(ss -Hltnp | grep -F "pid=$pid," | awk '{ print $4 }' | paste -sd' ' -)
		if [ "$listening" != "$address:$port" ]; then
			other=$(ss -Hltnp "sport = :$port" | grep -vF "pid=$pid," | sed 's/.*users:((\("[^"]*"\).*/\1/' | head -n 1)
			echo "$unit should listen on $address:$port only, and listens on ${listening:-nothing}${other:+; port $port has $other}"
		elif ! answers "$address" "$port"; then
			echo "$unit listens on $address:$port, and does not answer"
		fi
	done
}

while seen=$(wrong "$@") && [ -n "$seen" ] && [ "$left" -gt 0 ]; do
	left=$((left - 1))
	sleep 0.5
done
[ -n "$seen" ] || exit 0
echo "$seen" >&2
echo 'See journalctl -u with the name of the unit, stop what has the port or choose another one, and run again.' >&2
exit 1
