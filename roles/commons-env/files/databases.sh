#!/bin/sh
# Databases of an environment, made by the role that may make some. The first word says what:
#   look   print `down REASON`, or for each database `absent NAME`, `open NAME` or `refused NAME` when it is not as it
#          should be: not there, open to others, or closed to its own role; only looks
#   make   make what is not there, and have it as it should be
#   drop   drop databases and roles of this environment
# DATABASES has a line `NAME PASSWORD` for each; NAME is the database, and the only role that may use it.
set -u

ask() { psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "${1:-postgres}"; }
names() { printf '%s\n' "$DATABASES" | sed 's/ .*//'; }

look() {
	there=$(ask 2>&1 <<-'SQL'
		SELECT datname, EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0),
			pg_get_userbyid(datdba) = datname
		FROM pg_database;
		SQL
	) || { echo "down $(printf '%s' "$there" | tr '\n' ' ')"; return; }
	own=$(printf '%s\n' "$there" | sed -n 's/^\(.*\)|f|t$/\1/p')
	entered=$(enter "$own")
	names | while read -r name; do
		case $(printf '%s\n' "$there" | grep "^$name|") in
		'') echo "absent $name" ;;
		*'|t|'* | *'|f') echo "open $name" ;;
		*) printf '%s\n' "$entered" | grep -qx "$name" || echo "refused $name" ;;
		esac
	done
}

# Prints those of the databases that let their role in. One program for all of them: a refusal ends its connection, and it
# goes on with the next.
enter() {
	printf '%s\n' "$DATABASES" | while read -r name password; do
		printf '%s\n' "$1" | grep -qx "$name" || continue
		printf '\\connect "dbname=%s user=%s password=%s"\nSELECT current_user;\n' "$name" "$name" "$password"
	done | psql --no-psqlrc --quiet --no-align --tuples-only --dbname postgres 2>/dev/null
}

make() {
	printf '%s\n' "$DATABASES" | while read -r name password; do
		ask >/dev/null <<-SQL || exit
			SELECT g2p.create_role('$name', '$password') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name');
			SELECT g2p.set_password('$name', '$password');
			SELECT 'CREATE DATABASE $name OWNER $name' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$name') \\gexec
			ALTER DATABASE $name OWNER TO $name;
			REVOKE ALL ON DATABASE $name FROM PUBLIC;
		SQL
	done
}

drop() {
	names | while read -r name; do
		ask >/dev/null <<-SQL || exit
			DROP DATABASE IF EXISTS $name;
			SELECT g2p.drop_role('$name') WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '$name');
		SQL
	done
}

"$1"
