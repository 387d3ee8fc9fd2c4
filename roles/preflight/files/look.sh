#!/bin/bash
# look.sh PATIENCE FSYNC [tcp/ADDRESS:PORT | udp/ADDRESS:PORT | name/NAME]...: what no fact tells, as JSON. Changes
# nothing. FSYNC: a folder whose disk is to be measured, or "-".
# Of ways: `silent` are those that give no answer, `refused` those that give a refusal; who listens there knows what it means.
set -u
patience=$1 folder=$2
shift 2

quoted() { sed 's/[\\"]/\\&/g; s/.*/"&"/' | paste -sd, -; }

listening() {
	# Without what listens only for the others of this run.
	ss -Hltunp | grep -v '"g2pbook-look"' | awk '{
		port = $5; sub(/.*:/, "", port)
		program = match($0, /\(\("[^"]+"/) ? substr($0, RSTART + 3, RLENGTH - 4) : "the kernel"
		print $1 "/" port "=" program
	}' | sort -u | quoted
}

# In a child with a time limit. Of UDP a word that comes back: it may get lost, so that it is sent more than once. Bash
# reads byte by byte, and of a datagram no more than the first.
tcp='exec 3<>"/dev/tcp/$0/$1"'
udp='exec 3<>"/dev/udp/$0/$1"
while true; do
	echo "g2pbook-preflight $$" >&3
	IFS= read -r -N 1 -t 1 answer <&3 && exit
	[ $? -gt 128 ] || sleep 0.3
done'

# Whether ufw filters by the rules of the role firewall (their comments begin with `g2pbook:firewall`, in hexadecimal), and
# what they let in: what is not among them yet is opened by the run that asks.
filters() { grep -qsx 'ENABLED=yes' /etc/ufw/ufw.conf && grep -qs ' comment=673270626f6f6b3a6669726577616c6c' /etc/ufw/user.rules && echo true || echo false; }
lets_in() {
	cat /etc/ufw/user.rules /etc/ufw/user6.rules 2>/dev/null | awk '/^### tuple ### allow (tcp|udp) / {
		count = split($6, ports, ",")
		for (at = 1; at <= count; at++) { sub(/:.*/, "", ports[at]); print $9 " " $5 "/" ports[at] }
	}' | sort -u | quoted
}

reach() {
	local kind=${1%%/*} to=${1#*/} said script
	if [ "$kind" = name ]; then
		timeout "$patience" getent ahosts "$to" >/dev/null || echo "unknown $to"
		return
	fi

	script=$tcp
	[ "$kind" = tcp ] || script=$udp
	said=$(LC_ALL=C timeout "$patience" bash -c "$script" "${to%:*}" "${to##*:}" 2>&1)
	case $?:$said in
	0:*) ;;
	*refused*) echo "refused $1" ;;
	*) echo "silent $1" ;;
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
tried=$(for one; do reach "$one" & done | sort)
those() { sed -n "s/^$1 //p" <<<"$tried" | quoted; }
ntp=$(timedatectl show -p NTPSynchronized --value 2>/dev/null)
managers=$(for unit in NetworkManager firewalld; do systemctl is-active --quiet $unit && echo $unit; done | quoted)
speed=
[ "$folder" = - ] || [ -e "$folder" ] || speed=$(fsync)
printf '{"now": %s, "synchronized": "%s", "listening": [%s], "silent": [%s], "refused": [%s], "unknown": [%s], "managers": [%s], "fsync_ms": %s, "filters": %s, "lets_in": [%s]}\n' \
	"$now" "${ntp:-unknown}" "$(listening)" "$(those silent)" "$(those refused)" "$(those unknown)" "$managers" "${speed:-0}" "$(filters)" "$(lets_in)"
