#!/bin/bash
# look.sh PATIENCE FSYNC [tcp/ADDRESS:PORT | udp/ADDRESS:PORT | name/NAME | chart/CHECKSUM/CHART]...: what no fact tells, as
# JSON. Changes nothing. FSYNC: a folder whose disk is to be measured, or "-".
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

# By what every Debian has, where curl is not there yet; it is not to ask a proxy that is only for packages.
fetch() {
	if command -v curl >/dev/null; then
		curl --silent --show-error --fail --location --connect-timeout "$patience" --max-time 90 --output "$2" "$1" 2>&1
	else
		timeout 90 /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o "Acquire::http::Timeout=$patience" -o "Acquire::https::Timeout=$patience" \
			-o "Acquire::http::Proxy=${http_proxy:-DIRECT}" -o "Acquire::https::Proxy=${https_proxy:-DIRECT}" download-file "$1" "$2" 2>&1
	fi
}

# chart SUM CHART: says why it cannot be had. A site that has its cluster may have no way to where charts came from.
chart() {
	local sum=$1 chart=$2 place=$fetched/$BASHPID said server
	[ ! -e /etc/rancher/rke2/rke2.yaml ] || return
	case $chart in
	/*) [ -e "$chart" ] || echo "chart $chart (there is none)"; return ;;
	esac
	server=${chart#*://} server=${chart%%://*}://${server%%/*}
	mkdir "$place"
	if said=$(LC_ALL=C fetch "$chart" "$place/chart"); then
		sum=${sum#sha256:} said=$(sha256sum <"$place/chart") said=${said%% *}
		[ "$said" = "$sum" ] || echo "chart $chart (its SHA-256 is $said, and has to be $sum)"
		return
	fi
	case $said in
	# base brings those that are missing.
	*'certificates available'*) ;;
	*refused* | *resolv* | *'imed out'* | *imeout* | *unreachable* | *'onnect to'*) echo "chart everything at $server: no connection" ;;
	*) echo "chart $chart ($(printf '%s\n' "$said" | sed -n '/^E:\|^curl:/{p;q}' | sed -E 's/^(E|curl): *//; s/.*(error: |  )([45][0-9]{2})( *[^[]*[^[ ])?.*/\2\3/; s/  */ /g'))" ;;
	esac
}

reach() {
	local kind=${1%%/*} to=${1#*/} said script
	if [ "$kind" = chart ]; then
		chart "${to%%/*}" "${to#*/}"
		return
	fi

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
	# Of a look during which the power was lost: nothing else would take it away.
	rm -f "$folder"/.g2p-preflight.*
	# Not local: the trap is done when this function is over.
	file=$(mktemp "$folder/.g2p-preflight.XXXXXX") || return
	trap 'rm -f "$file"' EXIT
	start=$(date +%s%N)
	dd if=/dev/zero of="$file" bs=2300 count=100 oflag=dsync 2>/dev/null || return
	end=$(date +%s%N)
	echo $(((end - start) / 100 / 10000)) | sed 's/..$/.&/; s/^\./0./'
}

fetched=$(mktemp -d) || exit
trap 'rm -rf "$fetched"' EXIT
now=$(date +%s)
tried=$(for one; do reach "$one" & done | sort)
those() { sed -n "s/^$1 //p" <<<"$tried" | quoted; }
ntp=$(timedatectl show -p NTPSynchronized --value 2>/dev/null)
managers=$(for unit in NetworkManager firewalld; do systemctl is-active --quiet $unit && echo $unit; done | quoted)
speed=
[ "$folder" = - ] || [ -e "$folder" ] || speed=$(fsync)
printf '{"now": %s, "synchronized": "%s", "listening": [%s], "silent": [%s], "refused": [%s], "unknown": [%s], "managers": [%s], "charts": [%s], "fsync_ms": %s, "filters": %s, "lets_in": [%s]}\n' \
	"$now" "${ntp:-unknown}" "$(listening)" "$(those silent)" "$(those refused)" "$(those unknown)" "$managers" "$(those chart)" "${speed:-0}" "$(filters)" "$(lets_in)"
