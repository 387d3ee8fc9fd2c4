#!/bin/sh
# Start the cluster `main` of the version that is the word; when it does not start, say what it says.
set -u
unit=postgresql@$1-main
# Crashes of before must not count against this start.
systemctl reset-failed "$unit" 2>/dev/null
systemctl start "$unit" && exit 0

log=/var/log/postgresql/postgresql-$1-main.log
{
	grep -E 'FATAL|could not bind|HINT' "$log" | tail -n 4
	echo "PostgreSQL does not start, and its log ($log) says this, if anything. What listens on the host:"
	ss --no-header --listening --tcp --numeric --processes | awk '{ print $4, $6 }'
} >&2
exit 1
