#!/bin/sh
# Snapshots of etcd on a server, and the way back to one: SNAPSHOT is its name in their folder, or its path. The word says
# what to do:
#   look    print as JSON which snapshots are here, what is known of this one, and which was put back last; only looks.
#           TOKEN_MARK is how the token marks what it can open
#   begin   write down that this one is being put back, and keep the settings of before
#   stop    stop RKE2 here, with all that it has started
#   reset   make this server the only one of the cluster, with what the snapshot has
#   back    have what was there before the beginning, and let it run
#   aside   leave the cluster of before: its data stay in a folder of their own, and this server can join
#   done    write down that it was put back
set -u
name=$SNAPSHOT
data=/var/lib/rancher/rke2/server
notes=/var/lib/g2pbook/rke2-server
copy=$data/db/etcd-before-restore

path() { case $name in */*) echo "$name" ;; *) echo "$data/db/snapshots/$name" ;; esac; }
text() { printf '"%s"' "$(printf '%s' "$1" | tr -d '"\\\n\t')"; }
yes_if() { "$@" >/dev/null 2>&1 && echo true || echo false; }
kilobytes() { du -sk "$1" 2>/dev/null | cut -f1 | grep . || echo 0; }
# The cluster keeps its authorities in etcd, sealed with the token, below a name that is made of the token. An archive
# (etcd-snapshot-compress) is looked through just so.
opens() { zcat -f "$1" | grep -aqF "/bootstrap/$TOKEN_MARK"; }

look() {
	printf '{"snapshots": ['
	comma=
	for file in "$data"/db/snapshots/*; do
		[ -f "$file" ] || continue
		printf '%s{"name": %s, "bytes": %s, "made": %s, "opens": %s}' "$comma" "$(text "${file##*/}")" \
			"$(stat -c %s "$file")" "$(text "$(date -u -r "$file" '+%Y-%m-%d %H:%M UTC')")" "$(yes_if opens "$file")"
		comma=', '
	done
	# What is restored, and a copy of what is there now.
	needs=$(($(kilobytes "$data/db/etcd") + 2 * $(kilobytes "$(path)")))
	for folder in "$data" /var/lib/rancher /var/lib; do [ ! -d "$folder" ] || break; done
	free=$(df --output=avail -k "$folder" | tail -n 1)
	printf '], "there": %s, "opens": %s, "fits": %s, "restored": %s}\n' "$(yes_if test -f "$(path)")" \
		"$(yes_if opens "$(path)")" "$(yes_if test "$free" -gt "$needs")" "$(text "$(cat "$notes/restored" 2>/dev/null)")"
}

note() {
	mkdir -p "$notes" && printf '%s\n' "$name" >"$notes/$1.new" && mv -f "$notes/$1.new" "$notes/$1" && sync "$notes"
}

begin() {
	# Where an earlier try has begun, what is there is not the one of before.
	if [ ! -e "$notes/restoring" ]; then
		rm -rf "$notes/settings"
		[ ! -d /etc/rancher/rke2 ] || { mkdir -p "$notes" && cp -a /etc/rancher/rke2 "$notes/settings"; } || exit 1
	fi
	note restoring
}

stop() {
	systemctl stop rke2-server 2>/dev/null
	[ ! -x /usr/local/bin/rke2-killall.sh ] || /usr/local/bin/rke2-killall.sh >/dev/null 2>&1
	! systemctl is-active --quiet rke2-server || { echo 'rke2-server does not stop: see systemctl status rke2-server' >&2; exit 1; }
}

reset() {
	# A copy that is there is of an earlier try: what lies beside it may be half of the snapshot.
	if [ ! -d "$copy" ] && [ -d "$data/db/etcd" ]; then
		rm -rf "$copy.draft"
		cp -a "$data/db/etcd" "$copy.draft" && sync "$copy.draft" && mv "$copy.draft" "$copy" ||
			{ rm -rf "$copy.draft"; echo "what etcd has now cannot be copied to $copy: is the disk full?" >&2; exit 1; }
	fi
	# Left by a try that came to its end, and before anything was started.
	rm -f "$data/db/reset-flag"
	says=$(mktemp)
	trap 'rm -f "$says"' EXIT
	trap 'exit 129' HUP INT TERM PIPE
	/usr/local/bin/rke2 server --cluster-reset --cluster-reset-restore-path="$(path)" </dev/null >"$says" 2>&1
	code=$?
	if [ $code != 0 ] || [ ! -e "$data/db/reset-flag" ]; then
		{ echo "$(path) was not put back (rke2 server --cluster-reset ended with code $code):"; tail -n 8 "$says" | cut -c1-300 | sed 's/^/  /'; } >&2
		exit 1
	fi
}

back() {
	stop
	[ ! -d "$copy" ] || { rm -rf "$data/db/etcd" && mv "$copy" "$data/db/etcd"; } || exit 1
	[ ! -d "$notes/settings" ] || { rm -rf /etc/rancher/rke2 && cp -a "$notes/settings" /etc/rancher/rke2; } || exit 1
	rm -rf "$data/db/reset-flag" "$notes/settings" "$notes/restoring"
	[ ! -d "$data/db/etcd/member" ] || systemctl start --no-block rke2-server
}

case $1 in
look) look ;;
begin) begin ;;
stop) stop ;;
reset) reset ;;
back) back ;;
aside)
	[ ! -d "$data/db/etcd" ] || mv "$data/db/etcd" "$copy-$(date +%Y%m%dT%H%M%S)" || exit 1
	rm -f "$data/token"
	;;
done) note restored && rm -rf "$copy" "$notes/settings" && rm -f "$notes/restoring" ;;
esac
