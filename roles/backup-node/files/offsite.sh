#!/bin/bash
# backup-offsite WORD JOB: the second repository, elsewhere. It runs on the backup host, as the account that owns the copies that
# are here, mostly by a unit of systemd. Sources and database hosts never hear of it.
#   there JOB   whether the repository is there, and opens with the passphrase of here
#   make JOB    make it
#   offsite JOB   bring the newest copy there, and forget there what is too old
#   ended JOB WORD   after one of these: say how it ended where it could not do so itself
#   offdrill JOB   read the newest copy out of that repository: files as a whole, by their hash; a database by starting it
#   list JOB    name the copies there; restic JOB WORDS…: anything else of restic's, there
set -uf -o pipefail
word=${1:-} job=${2:-}
account=$(sed -n "s/^ACCOUNT='\(.*\)'\$/\1/p" "/etc/g2pbook/backup-node/jobs/${job##*/}" 2>/dev/null)
account=${account:-nobody}
# shellcheck source=common.sh
. /usr/local/lib/g2pbook/backup-common
far=$settings/offsite
# What says where, as which host, and with which keys of S3.
# shellcheck source=/dev/null
. "$far/where"
export RESTIC_REPOSITORY=$WHERE/$job RESTIC_PASSWORD_FILE=$far/passphrase AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
quick=(--no-cache --quiet)
case $WHERE in sftp:*)
	login=${WHERE#sftp:}
	quick+=(-o "sftp.command=ssh -F none -i $far/id_ed25519 -p $PORT -o IdentitiesOnly=yes -o BatchMode=yes -o ClearAllForwardings=yes -o UserKnownHostsFile=$far/known_hosts -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 ${login%%:*} -s sftp")
	;;
esac
place=''

# Not the lock of `alone`: what is brought may take longer than the time until the next run, which it must not keep waiting.
mine() {
	exec 9>"$state/locks/$job.offsite"
	flock --exclusive --timeout 300 9 || fail 'something else has used the second repository for more than 5 minutes'
}

begin() {
	enter
	mine
	work=$(mktemp -d) || fail 'there is no place for temporary files'
	restic cat config --no-lock "${quick[@]}" >/dev/null 2>"$work/said" ||
		fail "the second repository $RESTIC_REPOSITORY does not open: $(tail -n 3 "$work/said")"
	restic unlock --remove-all "${quick[@]}" 2>"$work/said" || fail "the second repository does not unlock: $(tail -n 3 "$work/said")"
}

names() { grep -o "\"$1\":\"[0-9a-f]*\"" | cut -d'"' -f4 | tail -n 1 | cut -c1-8; }
newest() { restic snapshots --no-lock "${quick[@]}" --json 2>"$work/said" | names short_id; }

# Other words of restic for the same, before 0.14: there the first repository is the one that is copied from.
between() {
	local word=$1
	shift
	if restic copy --help | grep -q -- --from-repo; then
		restic "$word" "${quick[@]}" --from-repo "$ROOT/files/$job" --from-password-file "$settings/passphrase" "$@"
	elif [ "$word" = init ]; then
		restic init "${quick[@]}" --repo2 "$ROOT/files/$job" --password-file2 "$settings/passphrase" "$@"
	else
		RESTIC_REPOSITORY=$ROOT/files/$job RESTIC_PASSWORD_FILE=$settings/passphrase \
			restic "$word" "${quick[@]}" --repo2 "$RESTIC_REPOSITORY" --password-file2 "$RESTIC_PASSWORD_FILE" "$@"
	fi
}

make() {
	# With the chunks of the first one, or nothing in it would be found again in the second.
	if [ "$KIND" = postgres ]; then
		restic init "${quick[@]}"
	else
		between init --copy-chunker-params
	fi
}

# Of files the newest copy, which is a snapshot of restic's.
files() {
	local here
	here=$(RESTIC_REPOSITORY=$ROOT/files/$job RESTIC_PASSWORD_FILE=$settings/passphrase \
		restic snapshots --no-cache --no-lock --quiet --json 2>"$work/said" | names short_id)
	[ -n "$here" ] || fail "there is no copy here yet, so none can be brought: $(tail -n 1 "$work/said")"
	between copy --no-lock "$here" >"$work/said" 2>&1 || fail "the copy $here could not be brought: $(tail -n 3 "$work/said")"
	snapshot=$(newest)
	[ -n "$snapshot" ] || fail "the second repository names no copy: $(tail -n 1 "$work/said")"
	hash=$(cat "$ROOT/sums/$job.$here" 2>/dev/null)
	# Which one it is there, and what a drill has to find of it.
	printf '%s %s\n' "$snapshot" "$hash" >"$ROOT/sums/$job.offsite"
	note="the copy $here, as $snapshot there"
}

# Of a database the repository of pgBackRest, as it lies here, encrypted. What expires meanwhile has gone at the second try.
databases() {
	local try
	cd "$REPOSITORY" || fail "$REPOSITORY is not there: is its disk mounted?"
	[ -e "backup/$STANZA/backup.info" ] || fail 'there is no backup here yet, so none can be brought'
	for try in 1 2 3; do
		restic backup "${quick[@]}" --json --host "$HOST" --tag postgres "backup/$STANZA" "archive/$STANZA" >"$work/summary" 2>"$work/said" && break
		[ "$try" != 3 ] || fail "it could not be brought: $(tail -n 3 "$work/said")"
	done
	snapshot=$(names snapshot_id <"$work/summary")
	bytes=$(sed -n 's/.*"total_bytes_processed":\([0-9]*\).*/\1/p' "$work/summary" | tail -n 1)
	bytes=${bytes:-0}
	[ -n "$snapshot" ] || fail "restic named no copy that it has made: $(tail -n 1 "$work/summary")"
	note="$STANZA, as $snapshot there"
}

offsite() {
	begin
	if [ "$KIND" = postgres ]; then databases; else files; fi
	# The words are numbers and names of options, made by the role.
	# shellcheck disable=SC2086
	restic forget "${quick[@]}" --group-by host --keep-last 2 $FAR_KEEP --prune >"$work/said" 2>&1 ||
		fail "$note; what is too old there could not be forgotten: $(tail -n 3 "$work/said")"
}

parts=13

offdrill() {
	local wanted seen part
	begin
	snapshot=$(newest)
	[ -n "$snapshot" ] || fail "there is no copy yet in the second repository, so none can be read: $(tail -n 1 "$work/said")"
	if [ "$KIND" = postgres ]; then
		enough
		place=$ROOT/postgres-scratch/$STANZA.offsite
		rm -rf "$place" && mkdir -m 0700 "$place" || fail "there is no place for $place"
		restic restore --no-lock "${quick[@]}" "$snapshot" --target "$place" >"$work/said" 2>&1 ||
			fail "the copy $snapshot cannot be read from the second repository: $(tail -n 3 "$work/said")"
		bytes=$(du -sb "$place" | cut -f1)
		seen=$(/usr/local/lib/g2pbook/backup-postgres elsewhere "$job" "$place" 2>"$work/said") ||
			fail "the database does not start from the second repository: $(tail -n 3 "$work/said")"
		note="the newest of $snapshot, started, $seen lines read"
	else
		read -r seen wanted <"$ROOT/sums/$job.offsite" 2>/dev/null
		[ "${seen:-}" = "$snapshot" ] || fail "the newest copy of the second repository is $snapshot, and this host has brought ${seen:-none}"
		mkfifo "$work/all"
		wc -c <"$work/all" >"$work/bytes" &
		hash=$(restic dump --no-lock "${quick[@]}" "$snapshot" "/$job.tar" 2>"$work/said" | tee "$work/all" | sha256sum | cut -d' ' -f1) ||
			fail "the copy $snapshot cannot be read from the second repository: $(tail -n 3 "$work/said")"
		wait $! && read -r bytes <"$work/bytes"
		[ -n "$wanted" ] && [ "$hash" = "$wanted" ] ||
			fail "the copy $snapshot of the second repository is not what once came in: its hash is $hash, and was ${wanted:-not written down}"
		note="$snapshot, all bytes as they once came in"
	fi
	part=$(($(date +%s) / 604800 % parts + 1))
	restic check --no-lock "${quick[@]}" --read-data-subset="$part/$parts" >"$work/said" 2>&1 ||
		fail "part $part of $parts of the second repository is damaged: $(tail -n 5 "$work/said")"
	note="$note; part $part of $parts of the second repository read"
}

case $word in
there) restic cat config --no-lock "${quick[@]}" >/dev/null ;;
make) make ;;
offsite) offsite ;;
offdrill) offdrill ;;
ended) ended ;;
list)
	mine
	restic snapshots --compact --no-lock "${quick[@]}"
	;;
restic)
	shift 2
	mine
	restic "$@" "${quick[@]}"
	;;
*) usage ;;
esac
