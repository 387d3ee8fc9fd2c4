#!/bin/bash
# backup-postgres WORD JOB: copies of a PostgreSQL cluster, with pgBackRest. It runs on the backup host, as the account that
# owns the copies, mostly by a unit of systemd.
#   make JOB    make a place for the cluster in the repository
#   check JOB   whether a segment of the log arrives from the cluster
#   run JOB     a differential backup, or a full one where there is none that is young enough; forget what is too old
#   ended JOB WORD   after a run: say how it ended where it could not do so itself
#   info JOB    what is kept, and back to when
set -uf -o pipefail
word=${1:-} job=${2:-}
account=g2pbook-pgbackrest
# shellcheck source=common.sh
. /usr/local/lib/g2pbook/backup-common

backrest() { pgbackrest --stanza="$STANZA" --log-level-console=warn "$@"; }

# Names of backups, the newest last; with a word, those of that kind only. A full one is called by its time and F; one that
# needs it by its name, and its own time.
names() {
	pgbackrest --stanza="$STANZA" info 2>/dev/null |
		sed -n "s/^ *${1:-[a-z]*} backup: \\([0-9]\\{8\\}-[0-9]\\{6\\}F[0-9DI_-]*\\).*/\\1/p" | sort
}

# Hours since the newest full one; nothing without one.
age() {
	local name
	name=$(names full | tail -n 1)
	[ -z "$name" ] || echo $((($(date +%s) - $(date -d "${name:0:4}-${name:4:2}-${name:6:2} ${name:9:2}:${name:11:2}:${name:13:2}" +%s)) / 3600))
}

run() {
	local kind=diff hours
	enter
	[ -e "$ROOT/postgres/archive/$STANZA/archive.info" ] ||
		fail "$ROOT/postgres has no place for $STANZA any more: is its disk mounted? To begin anew, run the role backup-node"
	alone
	enough
	work=$(mktemp -d) || fail 'there is no place for temporary files'
	hours=$(age)
	# Half a day less, since each run begins at a moment of its own.
	[ -n "$hours" ] && [ "$hours" -lt $((FULL_DAYS * 24 - 12)) ] || kind=full
	backrest --type="$kind" backup >"$work/said" 2>&1 || fail "the $kind backup was not made: $(tail -n 4 "$work/said")"
	snapshot=$(names | tail -n 1)
	[ -n "$snapshot" ] || fail 'pgBackRest names no backup'
	bytes=$(du -sb "$ROOT/postgres/backup/$STANZA/$snapshot" 2>/dev/null | cut -f1)
	bytes=${bytes:-0}
	note="a $kind backup"
	# A page whose checksum is wrong does not end a backup.
	! pgbackrest --stanza="$STANZA" --set="$snapshot" info 2>/dev/null | grep -qi 'page checksum error' ||
		fail "the backup $snapshot was made, and the cluster has damaged pages: see backup-postgres info $job"
}

case $word in
make) backrest stanza-create ;;
check) backrest check ;;
run) run ;;
ended) ended ;;
info) pgbackrest --stanza="$STANZA" info ;;
*) usage ;;
esac
