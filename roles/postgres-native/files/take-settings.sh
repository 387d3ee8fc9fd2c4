#!/bin/sh
# Load the settings and certificates, with a restart only when a setting waits for one, or when the word is `restart`. When
# PostgreSQL does not come up with them, put back those that it ran with before, and say so.
set -u

# Of several the one that was not put aside, as pg_upgradecluster(1) does with the old one.
IFS=' ' read -r version data log <<END
$(pg_lsclusters --no-header | while read -r version name port status owner data log; do
	[ "$name" != main ] || grep -Eqs '^ *(manual|disabled)' "/etc/postgresql/$version/main/start.conf" ||
		echo "$version $data $log"
done)
END
kept=/var/lib/g2pbook/postgres-native/$version.auto.conf
unit=postgresql@$version-main
settings=$data/postgresql.auto.conf

# What was stopped, or purged, since this was asked for reads its settings when it starts. It is not started here.
[ -n "$version" ] && systemctl is-active --quiet "$unit" || exit 0

ask() {
	runuser -u postgres -- psql -XAtq --port "$(sed -n 4p "$data/postmaster.pid")" --command "$1"
}
restart() {
	# Restarts of before, those of systemd itself among them, must not count against this one.
	systemctl reset-failed "$unit" 2>/dev/null
	systemctl restart "$unit"
}

# A reload cuts nobody off. The server takes a moment to see what it could not change without a restart.
systemctl reload "$unit" && sleep 1
restart=${1:-}
[ -n "$restart" ] || [ -z "$(ask 'SELECT 1 FROM pg_settings WHERE pending_restart LIMIT 1')" ] || restart=yes

if [ -z "$restart" ] || { restart && ask 'SELECT' >/dev/null; }; then
	mkdir -p -m 0700 "${kept%/*}"
	cp -p "$settings" "$kept"
	exit 0
fi

grep -E 'FATAL|HINT' "$log" | tail -n 4 >&2
if [ -e "$kept" ]; then
	cp -p "$kept" "$settings"
	before='the settings that it ran with before are back'
else
	: >"$settings"
	before='all settings of the role were taken back'
fi
if restart; then
	echo "PostgreSQL does not start with these settings: $before, and it serves." >&2
else
	echo "PostgreSQL does not start with these settings: $before, and it still does not." >&2
fi
echo "Correct postgres_native_settings, or see $log, and run again." >&2
exit 1
