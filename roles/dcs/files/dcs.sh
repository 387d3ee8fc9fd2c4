#!/bin/bash
# Written by g2pbook, role dcs. Asks and changes who votes. Answers are JSON, for the role, or words, for people.
set -u
folder=/etc/g2pbook/dcs
data=/var/lib/g2pbook-dcs
own=$(sed -n 's/^ETCD_NAME=//p' "$folder/settings" 2>/dev/null)
here=$(sed -n 's/^ETCD_ADVERTISE_CLIENT_URLS=//p' "$folder/settings" 2>/dev/null)

ask() {
	local where=$1
	shift
	ETCDCTL_API=3 timeout 15 etcdctl --dial-timeout 3s --command-timeout 10s --endpoints "$where" \
		--cacert "$folder/ca.crt" --cert "$folder/member.crt" --key "$folder/member.key" "$@"
}

# id name peer-address started, a line for each member.
members() { ask "$1" member list --write-out simple 2>/dev/null | sed 's/, /\t/g' | awk -F'\t' '{print $1 "\t" ($2 == "started" ? $3 : "") "\t" $4 "\t" $2}'; }
healthy() { [ -n "$here" ] && ask "$here" endpoint health >/dev/null 2>&1; }

# Change who votes. Refused until all have heard of each other for five seconds, which after a restart takes a while.
change() {
	local attempt said
	for attempt in 1 2 3 4 5 6 7 8; do
		said=$(ask "$here" member "$@" 2>&1 >/dev/null) && return
		sleep 2
	done
	echo "$said" >&2
	return 1
}

# Whether one runs that was started with other settings than those of the file.
stale() {
	local pid
	pid=$(systemctl show --property MainPID --value etcd 2>/dev/null)
	if [ "${pid:-0}" != 0 ] && [ -e "$folder/settings" ] && grep -v '^#' "$folder/settings" |
		grep -qvxF -f <(tr '\0' '\n' <"/proc/$pid/environ"); then echo true; else echo false; fi
}

case ${1-} in
look)
	has=false up=false list=''
	[ ! -d "$data/member" ] || has=true
	if healthy; then
		up=true
		list=$(members "$here" | awk -F'\t' '{printf "%s{\"id\": \"%s\", \"name\": \"%s\", \"peer\": \"%s\"}", (NR > 1 ? ", " : ""), $1, $2, $3}')
	fi
	printf '{"data": %s, "healthy": %s, "stale": %s, "members": [%s]}\n' "$has" "$up" "$(stale)" "$list"
	;;
join)
	# join NAME PEER: have it be a member that may come, and print who the others are. One that is known under this address and has
	# never come, or has lost its data, is forgotten first.
	name=$2 peer=$3
	id=$(members "$here" | awk -F'\t' -v peer="$peer" '$3 == peer {print $1}')
	[ -z "$id" ] || change remove "$id" || exit
	change add "$name" --peer-urls "$peer" || exit
	members "$here" | awk -F'\t' -v name="$name" -v peer="$peer" '{printf "%s%s=%s", (NR > 1 ? "," : ""), ($3 == peer ? name : $2), $3}'
	;;
leave)
	# leave PEER: it votes no more.
	id=$(members "$here" | awk -F'\t' -v peer="$2" '$3 == peer {print $1}')
	[ -z "$id" ] || change remove "$id"
	;;
wait)
	end=$(($(date +%s) + $2))
	until healthy; do
		[ "$(date +%s)" -lt "$end" ] || {
			echo "etcd of $own does not answer within $2 s: it waits for a majority of its members. See journalctl -u etcd here and on the others" >&2
			exit 1
		}
		sleep 0.5
	done
	;;
*)
	echo "usage: dcs look | join NAME PEER | leave PEER | wait SECONDS" >&2
	exit 2
	;;
esac
