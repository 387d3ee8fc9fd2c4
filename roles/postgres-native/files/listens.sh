#!/bin/sh
# Whether the server that runs has the sockets that its own settings name, as JSON: `missing`, those it does not have;
# `taken`, which of them another program has; `waits`, settings that the file names and the running server has not. A server
# that finds an address taken when it starts serves without it, and never looks again. Only looks. Word: the version.
set -u
unit=postgresql@$1-main
settings=/etc/postgresql/$1/main/postgresql.conf

# Somebody has just started it, or systemd has after a crash.
for second in $(seq 60); do
	[ "$(systemctl is-active "$unit")" = activating ] || break
	sleep 1
done

data=$(sed -n "s/^ *data_directory *=* *'\([^']*\)'.*/\1/p" "$settings" 2>/dev/null | tail -n 1)
pidfile=${data:-/var/lib/postgresql/$1/main}/postmaster.pid
pid=$(sed -n 1p "$pidfile" 2>/dev/null)
port=$(sed -n 4p "$pidfile" 2>/dev/null)
folder=$(sed -n 5p "$pidfile" 2>/dev/null)
missing= taken= waits=

json() { printf '%s' "$1" | tr -d '"\\' | sed '/^$/d; s/.*/"&"/' | paste -sd, -; }
tell() {
	printf '{"missing": [%s], "taken": [%s], "waits": [%s]}\n' "$(json "$missing")" "$(json "$taken")" "$(json "$waits")"
	exit 0
}
lacks() { missing="$missing$1
"; }

[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || tell

# Without its file a socket cannot be reached, whatever the kernel says.
[ -z "$folder" ] || [ -S "$folder/.s.PGSQL.$port" ] || lacks "$folder/.s.PGSQL.$port"
[ -z "$missing" ] || tell

# The program itself: the one on the path is a script that looks for it.
answer=$(runuser -u postgres -- "/usr/lib/postgresql/$1/bin/psql" -XAtq --host "$folder" --port "$port" --dbname postgres <<-'SQL'
	SET search_path = pg_catalog;
	SELECT 'folder ' || trim(both ' "' from unnest(string_to_array(current_setting('unix_socket_directories'), ',')));
	SELECT 'name ' || trim(unnest(string_to_array(current_setting('listen_addresses'), ',')));
	SELECT 'waits ' || name FROM pg_settings WHERE pending_restart ORDER BY name;
SQL
)
of() { printf '%s\n' "$answer" | sed -n "s/^$1 //p"; }

for other in $(of folder); do
	[ -S "$other/.s.PGSQL.$port" ] || lacks "$other/.s.PGSQL.$port"
done
waits=$(of waits)

# The addresses of a name that this host can have.
addresses_of() {
	case $1 in
	'*') echo 0.0.0.0; [ ! -s /proc/net/if_inet6 ] || echo '[::]' ;;
	*:*) echo "[$1]" ;;
	*[!0-9.]*)
		getent ahostsv4 "$1" | cut -d' ' -f1 | sort -u
		getent ahostsv6 "$1" | cut -d' ' -f1 | grep -v '^::ffff:' | sort -u | while read -r address; do
			[ "$address" = ::1 ] && ! grep -q '^0*1 ' /proc/net/if_inet6 || echo "[$address]"
		done
		;;
	*) echo "$1" ;;
	esac
}

listeners=$(ss --no-header --listening --tcp --numeric --processes "sport = :$port")
set -f
for name in $(of name); do
	for address in $(addresses_of "$name"); do
		printf '%s\n' "$listeners" | awk -v at="$address:$port" '$4 == at' | grep -q "pid=$pid," || lacks "$address:$port"
	done
done

# Who has one that is missing: on that very address, or on all of its family.
taken=$(printf '%s' "$missing" | while read -r at; do
	case $at in
	\[*) all="[::]:$port" ;;
	*) all="0.0.0.0:$port" ;;
	esac
	printf '%s\n' "$listeners" | grep -v "pid=$pid," | awk -v at="$at" -v all="$all" -v any="*:$port" '$4 == at || $4 == all || $4 == any' |
		sed "s/.*((\"\(.*\)\",pid=\([0-9]*\),.*/\1 (process \2) has/; t; s/.*/another program has/" | sed "s/\$/ $at/"
done)
tell
