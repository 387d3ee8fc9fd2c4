#!/bin/bash
# backup-postgres WORD JOB: copies of a PostgreSQL cluster, with pgBackRest. It runs on the backup host, as the account that
# owns the copies, mostly by a unit of systemd.
#   make JOB    make a place for the cluster in the repository
#   check JOB   whether a segment of the log arrives from the cluster
#   run JOB     a differential backup, or a full one where there is none that is young enough; forget what is too old
#   full JOB    have the next run make a full backup, whatever there is
#   ended JOB WORD   after a run: say how it ended where it could not do so itself
#   drill JOB   read all that is kept; restore the newest, and the cluster as it was at a moment by chance; start both, and read
#               every row
#   dump JOB DATABASE [TIME]   one database as it was, or as it is in the newest copy, in pg_dump's own format
#   elsewhere JOB FOLDER   start the newest of what a copy of the repository has in FOLDER, and print how many lines there are to be read
#   would JOB FULL DIFFERENTIAL   name the backups that would go if so many were kept; none goes
#   info JOB    what is kept, in pgBackRest's own words
#   list JOB    the same, a line each, and back to when that leads
#   leads JOB TIME   say what is wrong with TIME as a moment to go back to; nothing when it leads there
set -uf -o pipefail
word=${1:-} job=${2:-}
account=g2pbook-pgbackrest
# Names of backups and all that is said are in it, whatever the host has.
export TZ=UTC
# shellcheck source=common.sh
. /usr/local/lib/g2pbook/backup-common
# shellcheck source=scratch.sh
. /usr/local/lib/g2pbook/backup-scratch

backrest() { pgbackrest --stanza="$STANZA" --log-level-console=warn "$@"; }

# What pgBackRest said at the end. With another passphrase it reads noise, and shows that; of a full disk it only says that it
# cannot write.
said() {
	if grep -qaE 'CryptoError|FormatError: key/value found outside' "$work/said"; then
		echo "what is kept cannot be read with the passphrase of /etc/pgbackrest/pgbackrest.conf: is it another one, or is the repository damaged?" \
			"$(grep -am 1 ERROR "$work/said")"
	elif grep -q 'unable to write' "$work/said"; then
		echo "it cannot write, and $(df --output=avail -BM "$REPOSITORY/backup" | tail -n 1 | tr -dc 0-9) MB are free there: $(tail -n 4 "$work/said")"
	else
		tail -n 4 "$work/said"
	fi
}

# [028]: another cluster stands where the one was that is kept, on a host that was lost and made anew perhaps.
arrives() {
	local told code
	told=$(backrest check 2>&1)
	code=$?
	[ -z "$told" ] || echo "$told" >&2
	case $told in *'[028]'*) echo "another cluster is on $HOST than the one that is kept here, and its log is not taken. To have the one of before back:" \
		"restore-postgres.yml. To keep this one from now on, give its source another name (backup_node_sources): what was kept stays" >&2 ;; esac
	return "$code"
}

# Names of backups, the newest last; with a word, those of that kind only. A full one is called by its time and F; one that
# needs it by its name, and its own time.
names() {
	pgbackrest --stanza="$STANZA" --repo="$NUMBER" info 2>/dev/null |
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
	[ -e "$REPOSITORY/archive/$STANZA/archive.info" ] ||
		fail "$REPOSITORY has no place for $STANZA any more: is its disk mounted? To begin anew, run the role backup-node"
	alone
	enough
	work=$(mktemp -d) || fail 'there is no place for temporary files'
	hours=$(age)
	# Half a day less, since each run begins at a moment of its own.
	[ -n "$hours" ] && [ "$hours" -lt $((FULL_DAYS * 24 - 12)) ] && [ ! -e "$state/locks/$job.full" ] || kind=full
	backrest --repo="$NUMBER" --type="$kind" backup >"$work/said" 2>&1 || fail "the ${kind/diff/differential} backup was not made: $(said)"
	rm -f "$state/locks/$job.full"
	snapshot=$(names | tail -n 1)
	[ -n "$snapshot" ] || fail 'pgBackRest names no backup'
	bytes=$(du -sb "$REPOSITORY/backup/$STANZA/$snapshot" 2>/dev/null | cut -f1)
	bytes=${bytes:-0}
	note="a ${kind/diff/differential} backup"
	# A page whose checksum is wrong does not end a backup.
	! pgbackrest --stanza="$STANZA" --repo="$NUMBER" --set="$snapshot" info 2>/dev/null | grep -qi 'page checksum error' ||
		fail "the backup $snapshot was made, and the cluster has damaged pages: see backup-postgres info $job"
}

# When the oldest one that is kept ended, and with it the first moment to go back to; nothing without one.
oldest() { pgbackrest --stanza="$STANZA" "$@" info | sed -n 's,.*timestamp start/stop: .* / \([0-9: -]*[0-9]\).*,\1,p' | head -n 1; }

list() {
	local since
	since=$(oldest)
	[ -n "$since" ] || {
		echo 'none yet: there is no moment to go back to'
		return
	}
	echo "back to any moment since $since UTC, and up to a minute ago"
	pgbackrest --stanza="$STANZA" info | sed -n -e 's/^ *\(full\|diff\|incr\) backup: \(.*\)/  \1 backup: \2/; t hold' -e 's,.*timestamp start/stop: .* / \([0-9: -]*[0-9]\).*,\1,' \
		-e 't join' -e d -e ':hold' -e 'h; d' -e ':join' -e 'H; x; s/\n/, of /; s/diff backup/differential backup/; s/$/ UTC/p'
}

leads() {
	local since moment
	moment=$(date -d "$1" +%s) || exit 2
	since=$(oldest)
	if [ -z "$since" ]; then
		echo 'no backup is kept yet'
	elif [ "$moment" -lt "$(date -d "$since" +%s)" ]; then
		echo "the oldest backup that is kept ended at $since UTC, and there is no way back to a moment before that"
	elif [ "$moment" -gt "$(date +%s)" ]; then
		echo "it is $(date '+%F %T') UTC now, and that moment is still to come"
	fi
}

would() {
	local said
	said=$(pgbackrest --stanza="$STANZA" --log-level-console=info --dry-run --repo="$NUMBER" --repo"$NUMBER"-retention-full="$1" \
		--repo"$NUMBER"-retention-diff="$2" expire 2>&1) || {
		tail -n 1 <<<"$said" >&2
		exit 1
	}
	grep -o '[0-9]\{8\}-[0-9]\{6\}F[0-9DI_-]*' <<<"$said" | sort -u
	exit 0
}

# All that is kept, backups and log, read and compared with the sums that pgBackRest has written down. Its code was 0 in any case
# in older versions, and it names each file as it finds it.
damage=''
reads() {
	local named
	if pgbackrest --stanza="$STANZA" --repo="$NUMBER" --log-level-console=info verify >"$work/said" 2>&1 && ! grep -q 'status: error' "$work/said"; then
		return
	fi
	named=$(sed -n 's/^[^P]* P0*[1-9][0-9]*  *[A-Z]*: \(\[[0-9]*\]: \)\{0,1\}//p' "$work/said" | sort -u)
	if [ -z "$named" ]; then named=$(grep -E 'ERROR|WARN|status: error' "$work/said" | tail -n 2); fi
	echo "$named" >&2
	damage="what is kept is damaged ($(grep -c . <<<"$named"): $(head -n 2 <<<"$named" | paste -sd ';')); "
}

bad() { fail "$damage$1"; }

# Rows come every five minutes, and the log a minute after them.
patience=${PATIENCE:-900}

drill() {
	local gap first last moment total
	enter
	alone
	enough
	work=$(mktemp -d) || fail 'there is no place for temporary files'
	snapshot=$(names | tail -n 1)
	[ -n "$snapshot" ] || fail 'there is no backup yet, so none can be restored'
	reads
	scratch --type=default
	gap=$(behind "$started")
	[ -n "$gap" ] && [ "$gap" -lt "$patience" ] ||
		bad "the newest copy ended ${gap:-no known number of} seconds before this drill began, and should have less than $patience: does the log arrive?"
	total=$(rows) || unread
	bytes=$(du -sb "$place/data" | cut -f1)
	note="the newest, up to $gap seconds before this drill, $total lines read"
	leave
	first=$(date -d "$(oldest --repo="$NUMBER")" +%s) ||
		bad 'pgBackRest does not say when its oldest backup ended'
	# Of later there is nothing yet: the log of the last minute has not come.
	last=$((started - gap - 1))
	if [ "$last" -gt $((first + patience)) ]; then
		moment=$((first + patience + $(shuf -i "0-$((last - first - patience))" -n 1)))
		scratch --type=time --target="$(date -u -d "@$moment" '+%Y-%m-%d %H:%M:%S+00')" --target-action=promote
		gap=$(behind "$moment")
		[ -n "$gap" ] && [ "$gap" -ge 0 ] && [ "$gap" -lt "$patience" ] ||
			bad "restored to $(date -u -d "@$moment" '+%F %T UTC'), the cluster has rows of later, or none of ${patience} seconds before"
		total=$(rows) || unread
		note="$note; $(date -u -d "@$moment" '+%F %T UTC'), by chance, $gap seconds after the row before it, $total lines read"
		leave
	else
		note="$note; no other moment yet to go back to"
	fi
	[ -z "$damage" ] || bad "what can be restored is $note"
}

dump() {
	local target=(--type=default)
	alone
	work=$(mktemp -d) || exit 1
	trap 'leave; rm -rf "$work"' EXIT
	[ -z "${2:-}" ] || target=(--type=time --target="$2" --target-action=promote)
	scratch "${target[@]}" >&2
	pg_dump --host "$place" --username postgres --format=custom "$1"
}

# From a repository that lies elsewhere on this host, as one that was brought back. It has another path, and is the same otherwise.
elsewhere() {
	alone
	work=$(mktemp -d) || exit 1
	trap 'leave; rm -rf "$work"' EXIT
	conf=$work/scratch.conf
	sed "s|^\\(repo[0-9]*-path\\)=.*|\\1=$1|" "$settings/scratch.conf" >"$conf" || exit 1
	scratch --type=default >&2
	rows || unread
}

case $word in
make) backrest stanza-create ;;
check) arrives ;;
run) run ;;
full) : >"$state/locks/$job.full" ;;
drill) drill ;;
elsewhere) elsewhere "${3:?which folder}" ;;
dump) dump "${3:?which database}" "${4:-}" ;;
ended) ended ;;
would) would "${3:?how many full ones}" "${4:?how many differential ones}" ;;
list) list ;;
leads) leads "${3:?which moment}" ;;
info) pgbackrest --stanza="$STANZA" info ;;
*) usage ;;
esac
