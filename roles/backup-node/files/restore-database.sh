#!/bin/sh
# The cluster of this host, as it was at a moment. VERSION, DATA, STANZA and TARGET (empty: the newest) come from the environment.
# The word says what to do:
#   look     print what is there, a fact on each line; only looks
#   restore  stop the cluster, keep its data beside, and bring those of the copy
#   recover  let it read its log up to the moment, where nobody can reach it, and print the newest row with a time
#   open     let it serve, and be done
#   back     have the data of before again, and serve with them
set -u
# Where the account postgres may be, too.
cd /
export LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
unit=postgresql@$VERSION-main
bin=/usr/lib/postgresql/$VERSION/bin
kept=$DATA.before-restore
note=$DATA.restoring
log=/var/log/postgresql/restore-$STANZA.log

# Whether a restore came to its end, and was killed before it could say so.
opened() { grep -qsx open "$note"; }
as() { runuser -u postgres -- "$@"; }
# What hands the cluster to the backup host has the folder of before, under whatever name that is now.
# After a power cut systemd has tried to start half a copy so often that it would not start a whole one.
serve() {
	systemctl reset-failed "$unit" 2>/dev/null
	systemctl start "$unit" && systemctl try-restart g2pbook-pgbackrest
}
complain() {
	grep -E 'FATAL|PANIC' "$log" | grep -v 'the database system is' | tail -n 4 >&2
	! tail -n 20 "$log" | grep -q 'recovery ended before configured recovery target' ||
		echo "nothing was archived of as late as $TARGET: choose an earlier moment, or newest" >&2
}
newest="SELECT 'newest' || chr(9) || max(at) || chr(9) || floor(extract(epoch FROM max(at))) FROM g2pbook_backup.canary"

case $1 in
look)
	[ ! -d "$DATA" ] || printf 'bytes\t%s\n' "$(du -sb "$DATA" | cut -f1)"
	near=$DATA
	until [ -d "$near" ]; do near=$(dirname "$near"); done
	printf 'free\t%s\n' "$(df --output=avail -B1 "$near" | tail -n 1 | tr -dc 0-9)"
	[ ! -e "$note" ] || opened || printf 'restoring\t%s\n' "$(cat "$note")"
	port=$(sed -n 4p "$DATA/postmaster.pid" 2>/dev/null)
	[ -z "$port" ] || as psql -XAtq --port "$port" --dbname postgres --command "$newest" 2>/dev/null
	exit 0
	;;
restore)
	systemctl stop "$unit" || exit 1
	! as "$bin/pg_ctl" -D "$DATA" status >/dev/null 2>&1 || as "$bin/pg_ctl" -D "$DATA" -w -m immediate stop >/dev/null || exit 1
	opened && rm -f "$note"
	# What is there after a try that was cut off is half of a copy, and what was kept then stays kept.
	if [ -e "$note" ]; then
		[ ! -e "$kept" ] || [ ! -e "$DATA" ] || mv -T "$DATA" "$DATA.cut-off-$(date +%Y%m%dT%H%M%S)" || exit 1
	else
		[ ! -e "$kept" ] || mv -T "$kept" "$kept-$(date +%Y%m%dT%H%M%S)" || exit 1
		echo "to ${TARGET:-the newest}" >"$note" && sync "$note" || exit 1
	fi
	[ ! -e "$DATA" ] || mv -T "$DATA" "$kept" || exit 1
	install -d -m 0700 -o postgres -g postgres "$DATA" || exit 1
	if [ -n "$TARGET" ]; then
		set -- --type=time --target="$TARGET" --target-action=promote
	else
		set -- --type=default
	fi
	as pgbackrest --stanza="$STANZA" --log-level-console=warn "$@" restore
	;;
recover)
	rm -f "$log"
	# Without an address nobody comes in while it is looked at, and by hand it has all the time that it needs. A timeline that is
	# archived is the one that all later restores follow, drills too: not before it serves.
	as "$bin/pg_ctl" -D "$DATA" -w -t 86400 -l "$log" \
		-o "-c config_file=/etc/postgresql/$VERSION/main/postgresql.conf -c listen_addresses='' -c port=5499 -c archive_mode=off" start >/dev/null || {
		complain
		exit 1
	}
	until [ "$(as psql -XAtq --port 5499 --dbname postgres --command 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
		as "$bin/pg_ctl" -D "$DATA" status >/dev/null || {
			complain
			exit 1
		}
		sleep 1
	done
	as psql -XAtq --port 5499 --dbname postgres --command "$newest" 2>/dev/null
	as "$bin/pg_ctl" -D "$DATA" -w -t 3600 -m fast stop >/dev/null
	;;
open)
	# From here on what is there is whole, whatever happens next. Of its timeline the archive has not heard, and is told now.
	echo open >"$note" && sync "$note" || exit 1
	history=$(printf %08X.history "$("$bin/pg_controldata" -D "$DATA" | sed -n "s/^Latest checkpoint's TimeLineID: *//p")")
	[ ! -e "$DATA/pg_wal/$history" ] || as touch "$DATA/pg_wal/archive_status/$history.ready" || exit 1
	serve && rm -f "$note"
	;;
back)
	# Without the note nothing was moved yet, and what is kept then is of another restore; with one of a cluster that serves, too.
	if [ -e "$note" ] && ! { opened && systemctl is-active --quiet "$unit"; }; then
		! as "$bin/pg_ctl" -D "$DATA" status >/dev/null 2>&1 || as "$bin/pg_ctl" -D "$DATA" -w -m immediate stop >/dev/null
		if [ -e "$kept" ]; then
			[ ! -e "$DATA" ] || mv -T "$DATA" "$DATA.cut-off-$(date +%Y%m%dT%H%M%S)" || exit 1
			mv -T "$kept" "$DATA" || exit 1
		fi
	fi
	rm -f "$note"
	serve
	;;
esac
