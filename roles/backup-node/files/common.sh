# What the programs of the role backup-node have in common; they read it in. They have set `account`, `word` and `job`, have
# taken on the account, and end by `finish` once they have begun.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
settings=/etc/g2pbook/backup-node
# Not on the disk of the copies: that it is missing has to be told, too.
state=/var/lib/g2pbook/backup-node
# What root makes in a repository, the account could not remove.
[ "$(id -u)" != 0 ] || exec runuser -u "$account" -- "$0" "$@"

[[ $job =~ ^[a-z0-9-]+\.[A-Za-z0-9._-]+$ && -f $settings/jobs/$job ]] || {
	echo "there is no job '$job' here; there are: $(cd "$settings/jobs" && set +f && echo *)" >&2
	exit 2
}
# shellcheck source=/dev/null
. "$settings/jobs/$job"
what=$word
[ "$word" != ended ] || what=${3:-run}
result=$state/results/$job.$what.json
started=$(date +%s) why='' bytes=0 snapshot='' hash='' note='' succeeded=0 work='' keeper=''

value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$result" 2>/dev/null | head -n 1; }
number() { value "$1" | grep -x '[0-9][0-9]*' || echo 0; }
text() { printf '%s' "$1" | tr '"\\' "'/" | tr -s '[:cntrl:]' ' ' | cut -c1-400 | iconv -c -f UTF-8 -t UTF-8; }

# Whole, or as it was before.
tell() {
	local ended
	ended=$(date +%s)
	{
		printf '{\n  "job": "%s",\n  "what": "%s",\n  "state": "%s",\n  "says": "%s",\n' "$job" "$what" "$1" "$(text "$2")"
		printf '  "started": %s,\n  "ended": %s,\n  "seconds": %s,\n' "$started" "$ended" $((ended - started))
		printf '  "succeeded": %s,\n  "bytes": %s,\n  "snapshot": "%s",\n  "sha256": "%s"\n}\n' "$succeeded" "$bytes" "$snapshot" "$hash"
	} >"$result.new" && sync "$result.new" && mv -f "$result.new" "$result"
}

fail() {
	why=$1
	echo "$job: $why" >&2
	exit 1
}

# However it ends, what it has started ends with it, and the result says how.
finish() {
	local code=$?
	trap - EXIT TERM INT HUP
	# Before what it reads from is closed: it must not take that for the end of the archive.
	[ -z "$keeper" ] || { kill -KILL "$keeper" && wait "$keeper"; } 2>/dev/null
	[ -z "$work" ] || rm -rf "$work"
	[ -z "${place:-}" ] || rm -rf "$place"
	if [ "$code" = 0 ]; then
		succeeded=$(date +%s)
		tell ok "$note"
	else
		tell failed "${why:-it ended with code $code}"
	fi
	exit "$code"
}

# One at a time for each repository: whoever has this lock is the only one that uses it, so that a lock of restic's own
# that is there is of a process that was cut off.
alone() {
	exec 9>"$state/locks/$job"
	flock --exclusive --timeout 300 9 ||
		fail 'something else has used this repository for more than 5 minutes (a run, a drill, a restore): see systemctl list-units g2pbook-*'
}

# The result says from here on that it runs, and `finish` how it ended.
enter() {
	succeeded=$(number succeeded)
	trap finish EXIT
	trap 'fail "it was ended from outside, by its time limit or by hand"' TERM INT HUP
	tell running ''
	[ -z "$DISK" ] || mountpoint --quiet "$DISK" || fail "no disk is mounted at $DISK"
}

enough() {
	local free
	free=$(df --output=avail -BM "$ROOT" | tail -n 1 | tr -dc 0-9)
	[ "${free:-0}" -ge "$FREE_MB" ] || fail "only $free MB are free in $ROOT, and backup_node_free_mb asks for $FREE_MB"
}

# A run that was killed has said of itself that it runs.
ended() {
	[ "$(value state)" = running ] || return 0
	started=$(number started) succeeded=$(number succeeded)
	tell failed "it was ended without a word: ${SERVICE_RESULT:-unknown} (see journalctl, of the unit)"
}

usage() {
	sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
