#!/bin/bash
# A cluster that is restored to be looked at, on the host that keeps copies. A part of backup-postgres, which reads it.
place=$ROOT/postgres-scratch/$STANZA

ask() { psql -XAtq --set ON_ERROR_STOP=1 --host "$place" --username postgres --dbname "$1" --command "$2"; }

# Of who asked whether it is up it says each time that it is not.
complaints() { grep -E 'ERROR|FATAL|PANIC' "$place/log" | grep -v 'the database system is' | tail -n 3; }

# A cluster as it was, started beside all others: on a socket in a folder of its own, by settings that need little. Words are
# those of pgBackRest's that say which moment. It ends with this script.
scratch() {
	local bin option options=() left=3600
	rm -rf "$place" && mkdir -p -m 0700 "$place" "$place/data" || fail "there is no place for $place"
	pgbackrest --config="${conf:-$settings/scratch.conf}" --stanza="$STANZA" --archive-mode=off "$@" restore >"$work/said" 2>&1 ||
		bad "it cannot be restored ($*): $(said)"
	bin=/usr/lib/postgresql/$(cat "$place/data/PG_VERSION")/bin
	[ -x "$bin/postgres" ] || fail "PostgreSQL $(cat "$place/data/PG_VERSION") is not installed on this host, so nothing can be started"
	# Settings of the cluster that it was are not for this host; those of the command line win.
	echo 'local all all trust' >"$place/hba"
	: >"$place/ident"
	[ -e "$place/data/postgresql.conf" ] || : >"$place/data/postgresql.conf"
	for option in listen_addresses= unix_socket_directories="$place" port=5432 ssl=off archive_mode=off hot_standby=off logging_collector=off \
		shared_buffers=64MB max_connections=20 shared_preload_libraries= hba_file="$place/hba" ident_file="$place/ident" \
		config_file="$place/data/postgresql.conf" data_directory="$place/data" external_pid_file= huge_pages=off; do
		options+=(-c "$option")
	done
	setpriv --pdeathsig QUIT "$bin/postgres" -D "$place/data" "${options[@]}" >"$place/log" 2>&1 &
	keeper=$!
	until [ "$(ask postgres 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
		kill -0 "$keeper" 2>/dev/null || bad "what was restored does not start: $(complaints)"
		left=$((left - 1))
		[ "$left" -gt 0 ] || fail "what was restored is not ready after an hour: $(tail -n 3 "$place/log")"
		sleep 1
	done
}

leave() {
	[ -z "$keeper" ] || { kill -QUIT "$keeper" && wait "$keeper"; } 2>/dev/null
	keeper=''
	rm -rf "$place"
}

# Every row of every database, read and counted by its line.
rows() {
	local database lines total=0 databases
	databases=$(ask postgres 'SELECT datname FROM pg_database WHERE datallowconn' 2>"$work/said") || return 1
	while IFS= read -r database; do
		lines=$(pg_dump --host "$place" --username postgres --data-only "$database" 2>"$work/said" </dev/null | wc -l) || return 1
		total=$((total + lines))
	done <<<"$databases"
	echo "$total"
}

unread() { bad "not every row of what was restored can be read: $(tail -n 3 "$work/said")"; }

# By how many seconds the newest row that says when it was written (canary.sh) is older than a moment; nothing without one.
behind() { ask postgres "SELECT floor($1 - extract(epoch FROM max(at))) FROM g2pbook_backup.canary" 2>/dev/null; }
