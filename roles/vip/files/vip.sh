#!/bin/sh
# vip check NAME            whether this host serves; keepalived asks it every second, as a user without rights
# vip ask NAME              whether the service answers at its address, whichever host has it
# vip look NAME…            all of it as JSON: holds, serves, runs, away
# vip wait SECONDS NAME…    until each address answers, or is one that this host cannot serve itself
# vip away NAME SECONDS     let another host have it: this one does not serve until `back`, or until the time is over
# vip back NAME
# vip gave NAME SECONDS     until this host does not have it any more, and the service answers at its address
# vip settle NAME…          have what goes with an address (the programs of NAME.d) follow it; `settled` says whether it does
# vip watch                 whether another host has an address of this one, too
# vip proof FILE            whether keepalived takes it for its settings
# vip begin DELAY | loaded | notify NAME … | end   keepalived's own: before it starts, after it has read its settings,
#                           when an address came or went, after it has ended
#
# Where an address is, is asked of the kernel, never remembered. Files: `addresses` (name, address, interface), NAME.check,
# NAME.d/*, which are called with take, give, taken or given, and the addresses.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
folder=/etc/g2pbook/vip
run=/run/g2pbook-vip

of() { awk -v name="$1" '$1 == name { print $2, $3 }' "$folder/addresses" 2>/dev/null; }
addresses_of() { of "$1" | cut -d' ' -f1 | paste -sd' ' -; }
first_of() { of "$1" | awk 'NR == 1 { print $1 }'; }
on_this_host() { ip -o -4 addr show | awk -v it="$1" '{ split($4, part, "/") } part[1] == it { found = 1 } END { exit !found }'; }
# All of them: one of two would be half moved.
holds() {
	[ -n "$(first_of "$1")" ] || return 1
	for address in $(addresses_of "$1"); do on_this_host "$address" || return 1; done
}
holds_some() {
	for address in $(addresses_of "$1"); do ! on_this_host "$address" || return 0; done
	return 1
}
known() { awk '/^[^#]/ { print $1 }' "$folder/addresses" 2>/dev/null | sort -u; }
runs() { systemctl is-active --quiet keepalived; }
# Whoever asked for it may have been cut off: it does not last.
is_away() {
	read -r until 2>/dev/null <"$run/$1.away" && [ "$until" -gt "$(cut -d. -f1 /proc/uptime)" ]
}
as_nobody() {
	if [ "$(id -u)" = 0 ]; then setpriv --reuid=g2pbook-vip --regid=g2pbook-vip --clear-groups --no-new-privs -- "$@"; else "$@"; fi
}
asked() { [ -x "$folder/$1.check" ] && as_nobody timeout 4 "$folder/$1.check" "$2" >/dev/null 2>&1; }
serves() { ! is_away "$1" && asked "$1" 127.0.0.1; }
answers() { asked "$1" "$(first_of "$1")"; }

# settle WORD NAME: `do` calls the programs, `look` only says whether it would be needed.
settle() {
	verb=given
	if holds "$2"; then verb=taken; fi
	bad=0
	list=$(ls "$folder/$2.d" 2>/dev/null)
	[ "$verb" = taken ] || list=$(printf '%s\n' "$list" | sort -r)
	for program in $list; do
		program=$folder/$2.d/$program
		[ -x "$program" ] || continue
		# shellcheck disable=SC2046 # addresses are words
		"$program" "$verb" $(addresses_of "$2") >/dev/null 2>&1 && continue
		[ "$1" = do ] || return 1
		doing=give
		[ "$verb" = given ] || doing=take
		# shellcheck disable=SC2046
		timeout 60 "$program" "$doing" $(addresses_of "$2") || { echo "$program $doing failed" >&2 && bad=1; }
	done
	return "$bad"
}
# Two of them would undo each other; the later one looks at the kernel anew.
settle_alone() (
	mkdir -p "$run"
	exec 9>"$run/$1.lock"
	flock 9
	settle do "$1"
)
# until SECONDS COMMAND…
until_true() {
	end=$(($(cut -d. -f1 /proc/uptime) + $1))
	shift
	while ! "$@"; do
		[ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ] || return 1
		sleep 0.5
	done
}
answers_or_cannot() { answers "$1" || ! serves "$1"; }
gave() { ! holds_some "$1" && answers "$1"; }

# Seconds since systemd took over: the kernel's own time is another host's in a container.
up() {
	began=$(systemctl show --property=UserspaceTimestampMonotonic --value)
	now=$(awk '{ printf "%d", $1 }' /proc/uptime)
	echo $((now - ${began:-0} / 1000000))
}

tell_metrics() {
	metrics=/var/lib/prometheus/node-exporter
	[ -d "$metrics" ] || return 0
	{
		echo '# HELP g2pbook_vip_holder Whether this host has the address.'
		echo '# TYPE g2pbook_vip_holder gauge'
		for name in $(known); do echo "g2pbook_vip_holder{name=\"$name\"} $(holds "$name" && echo 1 || echo 0)"; done
		echo '# HELP g2pbook_vip_serves Whether this host could have it.'
		echo '# TYPE g2pbook_vip_serves gauge'
		for name in $(known); do echo "g2pbook_vip_serves{name=\"$name\"} $(serves "$name" && echo 1 || echo 0)"; done
		echo '# HELP g2pbook_vip_conflict Whether another host has it, too.'
		echo '# TYPE g2pbook_vip_conflict gauge'
		for name in $(known); do echo "g2pbook_vip_conflict{name=\"$name\"} $(case " $conflicts " in *" $name "*) echo 1 ;; *) echo 0 ;; esac)"; done
	} >"$metrics/g2pbook-vip.prom.new" && chmod 644 "$metrics/g2pbook-vip.prom.new" &&
		mv "$metrics/g2pbook-vip.prom.new" "$metrics/g2pbook-vip.prom"
}

word=${1-}
[ "$#" = 0 ] || shift
case $word in
check) serves "$1" ;;
ask) answers "$1" ;;
look)
	comma=
	printf '{'
	for name; do
		yes_or_no() { if "$@"; then printf true; else printf false; fi; }
		printf '%s"%s": {"holds": %s, "serves": %s, "runs": %s, "away": %s}' "$comma" "$name" \
			"$(yes_or_no holds "$name")" "$(yes_or_no serves "$name")" "$(yes_or_no runs)" "$(yes_or_no is_away "$name")"
		comma=', '
	done
	printf '}\n'
	;;
wait)
	seconds=$1
	shift
	late=
	for name; do until_true "$seconds" answers_or_cannot "$name" || late="$late $name"; done
	# keepalived has told by now where they are; what goes with them may take a moment.
	for name; do until_true 10 settle look "$name" || true; done
	[ -z "$late" ] || {
		echo "this host serves, and nobody answers at the address of$late:" >&2
		for name in $late; do echo "$name: $(addresses_of "$name")$(holds "$name" && echo ', which is on this host')" >&2; done
		journalctl --quiet --no-pager --output cat --lines 8 --unit keepalived >&2
		exit 1
	}
	;;
away)
	mkdir -p "$run"
	echo $(($(cut -d. -f1 /proc/uptime) + $2)) >"$run/$1.away.new"
	chmod 644 "$run/$1.away.new"
	mv "$run/$1.away.new" "$run/$1.away"
	;;
back) rm -f "$run/$1.away" ;;
gave) until_true "$2" gave "$1" ;;
settle)
	failed=0
	for name; do settle_alone "$name" || failed=1; done
	exit "$failed"
	;;
settled) for name; do settle look "$name" || exit 1; done ;;
watch)
	conflicts=
	while read -r name address interface; do
		case $name in '#'*) continue ;; esac
		on_this_host "$address" || continue
		# From no address: a host does not answer itself. Asked twice, for it may be just moving.
		if ! arping -q -D -c 2 -w 3 -I "$interface" "$address" && sleep 5 && on_this_host "$address" &&
			! arping -q -D -c 2 -w 3 -I "$interface" "$address"; then
			conflicts="$conflicts $name"
			echo "<3>$address ($name) is on this host, and another one answers for it, too: $(arping -D -c 1 -w 2 -I "$interface" "$address" | sed -n 's/.*\[\(.*\)\].*/\1/p'). They do not hear each other: is VRRP (protocol 112) let through between them?"
		fi
	done <"$folder/addresses"
	tell_metrics
	[ -z "$conflicts" ]
	;;
proof)
	# It looks at it as it would when it is started, scripts and interfaces included. 2.2.7 ends with 143 whatever it has found, and has
	# something to say only when it is wrong (acassen/keepalived#2587).
	said=$(keepalived --config-test --use-file "$1" --log-console --dont-fork 2>&1)
	code=$?
	case $code:$(printf '%s' "$said" | grep -vx Terminated) in
	0:* | 143:) ;;
	*) printf '%s\n' "$said" >&2 && exit 1 ;;
	esac
	;;
begin)
	left=$(($1 - $(up)))
	[ "$left" -le 0 ] || sleep "$left"
	install -m 644 /etc/keepalived/keepalived.conf "$run/loaded"
	;;
loaded) install -m 644 /etc/keepalived/keepalived.conf "$run/loaded" ;;
notify)
	name=$1
	shift
	logger -p daemon.notice -t g2pbook-vip "$name: $*"
	settle_alone "$name"
	;;
end)
	rm -f "$run/loaded"
	for name in $(known); do
		of "$name" | while read -r address interface; do
			! on_this_host "$address" || ip addr del "$address/32" dev "$interface" || true
		done
		settle_alone "$name" || true
	done
	;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
