#!/bin/sh
# The cluster of this host, as backups need to know it. WORD is what to do:
#   look     print what there is, a fact on each line; only looks
#   rights PORT   let the account that reads for the backup host begin and end backups
set -u
account=g2pbook-source
ask() { runuser -u postgres -- psql -XAtq --set ON_ERROR_STOP=1 --port "$1" --dbname postgres; }

# Of several clusters the one that was not put aside, as pg_upgradecluster(1) does with the old one.
cluster() {
	pg_lsclusters --no-header 2>/dev/null | while read -r version name port status owner data _; do
		[ "$name" != main ] || grep -Eqs '^ *(manual|disabled)' "/etc/postgresql/$version/main/start.conf" ||
			echo "$version $port $data"
	done | head -n 1
}

# Functions by which a backup begins and ends, those that this version has.
functions="'pg_backup_start', 'pg_backup_stop', 'pg_start_backup', 'pg_stop_backup', 'pg_switch_wal', 'pg_create_restore_point'"

case $1 in
look)
	IFS=' ' read -r version port data <<-END
		$(cluster)
	END
	[ -z "${data:-}" ] || printf 'version\t%s\nport\t%s\ndata\t%s\n' "$version" "$port" "$data"
	# What hands out the cluster has the folder that was there when it began.
	pid=$(systemctl show --property MainPID --value g2pbook-pgbackrest 2>/dev/null)
	[ -z "${data:-}" ] || [ "${pid:-0}" = 0 ] || [ "/proc/$pid/root$data" -ef "$data" ] || printf 'stale\ttrue\n'
	! command -v pgbackrest >/dev/null || printf 'pgbackrest\t%s\n' "$(pgbackrest version | sed 's/.* //')"
	[ -n "${data:-}" ] || exit 0
	ask "$port" 2>/dev/null <<-SQL
		SELECT 'rights' || chr(9) || (count(*) = 0 AND EXISTS (SELECT FROM pg_roles WHERE rolname = '$account'))
			FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ($functions)
			AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = '$account');
		SELECT 'waits' || chr(9) || pending_restart FROM pg_settings WHERE name = 'archive_mode';
		SELECT 'archives' || chr(9) || setting FROM pg_settings WHERE name = 'archive_mode';
	SQL
	exit 0
	;;
rights)
	ask "$2" <<-SQL
		SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, '$account') FROM pg_proc
			WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ($functions) \\gexec
	SQL
	;;
esac
