#!/bin/bash
# backup-files WORD JOB: copies of the files of one source on one host. It runs on the backup host, as the account that
# owns the copies, mostly by a unit of systemd.
#   make JOB    make the repository
#   opens JOB   whether the repository is there, and opens with the passphrase that is here: yes, no, or missing
#   rekey JOB   have it open with the passphrase of the file passphrase.next, too
#   one JOB     have it open with no other passphrase than the one that is here
#   reach JOB   whether the host answers, and has what it should hand out
#   run JOB     fetch what the host hands out, keep it, and forget what is too old
#   ended JOB WORD   after a run or a drill: say how it ended where it could not do so itself
#   drill JOB   read the newest copy out of the repository, all of it, and compare it with what once came in
#   show JOB COPY PATH…   what a copy has of these paths, a fact on each line
#   within JOB COPY FOLDER…   the paths that a copy has in these folders, not what is below them; nothing for a folder that it lacks
#   send JOB COPY   send a copy to the host that it is of, with the key of a restore that is under way
#   accept JOB  take the next copy as it comes, however much smaller than the one before it is
#   would JOB WORDS…   name the copies that these words for how long (--keep-daily 7 …) would forget; forgets nothing
#   list JOB    name the copies; dump JOB COPY: the archive of one, on standard output; restic JOB WORDS…: anything else
set -uf -o pipefail
word=${1:-} job=${2:-}
account=g2pbook-backup
# shellcheck source=common.sh
. /usr/local/lib/g2pbook/backup-common
# shellcheck source=copies.sh
. /usr/local/lib/g2pbook/backup-copies
repository=$ROOT/files/$job
export RESTIC_REPOSITORY=$repository RESTIC_PASSWORD_FILE=$settings/passphrase
# There is nothing that a cache could spare: the repository is on a disk of this host.
quick=(--no-cache --quiet)
# What only reads needs no lock of restic's beside the one of `alone`: it would have to be written, and the disk may be full.
reads=(--no-cache --no-lock --quiet)

begin() {
	enter
	[ -e "$repository/config" ] ||
		fail "the repository $repository is not there any more: is its disk mounted? To begin a new one, run the role backup-node"
	alone
	work=$(mktemp -d) || fail 'there is no place for temporary files'
	restic unlock --remove-all "${quick[@]}" 2>"$work/said" || fail "the repository does not open: $(tail -n 3 "$work/said")"
}

fetch() { connect "$settings/ssh/id_ed25519" "$1" </dev/null; }

connect() {
	ssh -F none -i "$1" -p "$PORT" -o IdentitiesOnly=yes -o BatchMode=yes -o ClearAllForwardings=yes \
		-o UserKnownHostsFile="$settings/hosts/$HOST" -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=yes \
		-o HostKeyAlias="$HOST" -o UpdateHostKeys=no -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 \
		"g2pbook-source@$ADDRESS" "$2"
}

# What restic reads is held open until the source has said that this is all: an archive that was cut off never becomes a
# copy, since restic is ended before it sees an end. With this script it ends, too, however that does.
run() {
	local hasher code there
	begin
	enough
	mkfifo "$work/stream" "$work/copy"
	sha256sum <"$work/copy" >"$work/hash" &
	hasher=$!
	setpriv --pdeathsig KILL restic backup "${quick[@]}" --json --stdin --stdin-filename "$job.tar" --host "$HOST" --tag files \
		<"$work/stream" >"$work/summary" 2>"$work/said" &
	keeper=$!
	exec 3>"$work/stream"
	fetch "files $NAME" 2>"$work/source" 3>&- | tee "$work/copy" >&3
	code=${PIPESTATUS[0]}
	case $code in
	0) ;;
	10) note='some files changed while they were read, and are in it as they were at that moment' ;;
	*)
		kill -0 "$keeper" 2>/dev/null || fail "restic ended before its time: $(tail -n 3 "$work/said")"
		fail "$HOST did not hand out all of it (code $code): $(tail -n 3 "$work/source")"
		;;
	esac
	exec 3>&-
	wait "$keeper" || fail "restic could not keep it: $(tail -n 3 "$work/said")"
	keeper=''
	wait "$hasher" || fail 'the hash of the archive could not be made'
	read -r hash _ <"$work/hash"
	snapshot=$(sed -n 's/.*"snapshot_id":"\([0-9a-f]\{8\}\)[0-9a-f]*".*/\1/p' "$work/summary" | tail -n 1)
	bytes=$(sed -n 's/.*"total_bytes_processed":\([0-9]*\).*/\1/p' "$work/summary" | tail -n 1)
	bytes=${bytes:-0}
	[ -n "$snapshot" ] || fail "restic named no copy that it has made: $(tail -n 1 "$work/summary")"
	printf '%s\n' "$hash" >"$ROOT/sums/$job.$snapshot" && sync "$ROOT/sums/$job.$snapshot" || fail "the hash of the copy $snapshot could not be written down"
	shrunk
	there=$(copies | wc -w)
	# The words are numbers and names of options, made by the role.
	# shellcheck disable=SC2086
	restic forget "${quick[@]}" --group-by host --keep-last 2 $KEEP --prune >"$work/said" 2>&1 ||
		fail "the copy $snapshot was made, and what is too old could not be forgotten: $(tail -n 3 "$work/said")"
	there=$((there - $(copies | wc -w)))
	[ "$there" -le 0 ] || note="${note:+$note; }$there that were too old were forgotten"
	tidy
}

# Hashes of copies that are no more.
tidy() {
	local file there
	there=" $(copies) "
	[ -n "${there// /}" ] || return 0
	set +f
	for file in "$ROOT/sums/$job".????????; do
		[[ ! -e $file || $there == *" ${file##*.} "* ]] || rm -f "$file"
	done
	set -f
}

# Their short names, the newest last.
copies() { restic snapshots --no-cache --no-lock --json 2>/dev/null | grep -o '"short_id":"[0-9a-f]*"' | cut -d'"' -f4 | tr '\n' ' '; }

# Each week another part of what all copies are made of, all of it within a quarter of a year.
parts=13

drill() {
	local part lister counter entries
	begin
	snapshot=$(copies | awk '{ print $NF }')
	[ -n "$snapshot" ] || fail 'there is no copy yet, so none can be read'
	mkfifo "$work/names" "$work/all"
	wc -c <"$work/all" >"$work/bytes" &
	counter=$!
	{
		tar --list --quoting-style=literal --file=- >"$work/entries" 2>"$work/tar"
		code=$?
		cat >/dev/null
		exit $code
	} <"$work/names" &
	lister=$!
	restic dump "${reads[@]}" "$snapshot" "/$job.tar" 2>"$work/said" | tee "$work/names" "$work/all" | sha256sum >"$work/hash" ||
		fail "the copy $snapshot cannot be read: $(tail -n 3 "$work/said")"
	wait "$counter" && read -r bytes <"$work/bytes"
	wait "$lister" || fail "the copy $snapshot is no archive: $(tail -n 3 "$work/tar")"
	read -r hash _ <"$work/hash"
	[ "$hash" = "$(cat "$ROOT/sums/$job.$snapshot" 2>/dev/null)" ] ||
		fail "the copy $snapshot is not what came in: its hash is $hash, and was $(cat "$ROOT/sums/$job.$snapshot" 2>/dev/null || echo 'not written down')"
	[ -z "$SENTINEL" ] || grep -qxF -- "${SENTINEL#/}" "$work/entries" || fail "${SENTINEL} is not in the copy $snapshot"
	entries=$(wc -l <"$work/entries")
	[ "$entries" -gt 0 ] || fail "there is nothing in the copy $snapshot"
	part=$(($(date +%s) / 604800 % parts + 1))
	restic check "${reads[@]}" --read-data-subset="$part/$parts" >"$work/said" 2>&1 ||
		fail "part $part of $parts of the repository is damaged: $(tail -n 5 "$work/said")"
	note="$entries entries, all bytes as they came in; part $part of $parts of the repository read"
}

# For people and playbooks, beside whom nothing else uses the repository.
by_hand() {
	alone
	restic "$@" --no-cache
}

case $word in
make)
	[ ! -e "$repository/config" ] || exit 0
	# A key of a try that was cut off would open nothing, and be found first.
	rm -rf "$repository.new"
	RESTIC_REPOSITORY=$repository.new restic init "${quick[@]}" && sync && mv -T "$repository.new" "$repository"
	;;
opens)
	if [ ! -e "$repository/config" ]; then
		echo missing
	elif restic cat config --no-cache --no-lock >/dev/null 2>&1; then
		echo yes
	else
		echo no
	fi
	;;
rekey)
	alone
	RESTIC_PASSWORD_FILE=$settings/passphrase.next restic cat config --no-cache --no-lock >/dev/null 2>&1 ||
		restic key add "${quick[@]}" --new-password-file "$settings/passphrase.next"
	;;
one)
	alone
	# The key that has opened it is marked.
	for key in $(restic key list --no-cache --json | tr '{' '\n' | grep '"current":false' | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p'); do
		restic key remove "${quick[@]}" "$key" || exit 1
	done
	;;
reach)
	said=$(fetch "look $NAME" 2>&1) || {
		echo "$job: $HOST ($ADDRESS, port $PORT) does not hand out what it should: ${said:-no answer}" >&2
		exit 1
	}
	;;
run) run ;;
ended) ended ;;
drill) drill ;;
accept) rm -f "$ROOT/sums/$job.size" ;;
would)
	shift 2
	would "$@"
	;;
show)
	shift 2
	show "$@"
	;;
within)
	shift 2
	within "$@"
	;;
send)
	alone
	restic dump "${reads[@]}" "${3:-latest}" "/$job.tar" | connect /run/g2pbook-restore/key receive ||
		fail "$HOST did not take all of it"
	;;
list) by_hand snapshots --compact --no-lock ;;
dump) by_hand dump --no-lock "${3:-latest}" "/$job.tar" ;;
restic)
	shift 2
	by_hand "$@"
	;;
*) usage ;;
esac
