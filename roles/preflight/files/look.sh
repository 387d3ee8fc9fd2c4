#!/bin/bash
# look.sh PATIENCE FSYNC [NAME=ADDRESS:PORT]...: what no fact tells, as JSON. Changes nothing.
# FSYNC: a folder whose disk is to be measured, or "-". A refused connection is an answer: the way there is open.
set -u
patience=$1 folder=$2
shift 2

quoted() { sed 's/[\\"]/\\&/g; s/.*/"&"/' | paste -sd, -; }

listening() {
	ss -Hltunp | awk '{
		port = $5; sub(/.*:/, "", port)
		program = match($0, /\(\("[^"]+"/) ? substr($0, RSTART + 3, RLENGTH - 4) : "the kernel"
		print $1 "/" port "=" program
	}' | sort -u | quoted
}

reach() {
	local name=${1%%=*} to=${1#*=} said
	said=$(timeout "$patience" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "${to%:*}" "${to##*:}" 2>&1)
	case $?:$said in
	0:* | *refused*) ;;
	*) echo "$name" ;;
	esac
}

# Milliseconds that a small write takes until it is safe, on average.
fsync() {
	until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
	local start end
	# Not local: the trap is done when this function is over.
	file=$(mktemp "$folder/.g2p-preflight.XXXXXX") || return
	trap 'rm -f "$file"' EXIT
	start=$(date +%s%N)
	dd if=/dev/zero of="$file" bs=2300 count=100 oflag=dsync 2>/dev/null || return
	end=$(date +%s%N)
	echo $(((end - start) / 100 / 10000)) | sed 's/..$/.&/; s/^\./0./'
}

now=$(date +%s)
blocked=$(for one; do reach "$one" & done | sort | quoted)
ntp=$(timedatectl show -p NTPSynchronized --value 2>/dev/null)
managers=$(for unit in NetworkManager firewalld; do systemctl is-active --quiet $unit && echo $unit; done | quoted)
speed=
[ "$folder" = - ] || [ -e "$folder" ] || speed=$(fsync)
printf '{"now": %s, "synchronized": "%s", "listening": [%s], "blocked": [%s], "managers": [%s], "fsync_ms": %s}\n' \
	"$now" "${ntp:-unknown}" "$(listening)" "$blocked" "$managers" "${speed:-0}"
