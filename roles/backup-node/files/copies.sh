#!/bin/bash
# What a copy of files has. A part of backup-files, which reads it.

# What of a list of tar's belongs to PATHS: a path, and all below it. A line there has rights, owner, size, day, time, and the
# name to the end of the line, as a hard link with the name that it is another one of: that has to come, too.
count='
function escaped(text, i, byte, out) {
	for (i = 1; i <= length(text); i++) { byte = substr(text, i, 1); out = out (byte in code ? code[byte] : byte) }
	return out
}
function wanted(name, i) { for (i in path) if (name == path[i] || index(name, path[i] "/") == 1) return i; return 0 }
BEGIN {
	for (i = 1; i < 256; i++) if (i < 32 || i > 126) code[sprintf("%c", i)] = sprintf("\\%03o", i)
	code["\\"] = "\\\\"; code["\t"] = "\\t"
	n = split(ENVIRON["PATHS"], asked, "\n")
	for (i = 1; i <= n; i++) path[i] = escaped(substr(asked[i], 2))
}
{
	name = $0; target = ""
	for (i = 1; i <= 5; i++) sub(/^[^ ]+ +/, "", name)
	if (/^l/) sub(/ -> .*/, "", name)
	if (/^h/) { target = name; sub(/^.* link to /, "", target); sub(/ link to .*/, "", name) }
	if (!(i = wanted(name))) next
	seen[i]; entries++; bytes += $3
	if (target != "" && !wanted(target)) linked[target]
}
END {
	for (i = 1; i <= n; i++) if (!(i in seen)) missing = missing " " asked[i]
	for (target in linked) others = others " /" target
	printf "entries\t%d\nbytes\t%.0f\nmissing\t%s\nlinked\t%s\n", entries, bytes, substr(missing, 2), substr(others, 2)
}'

show() {
	local copy=$1 made paths
	shift
	printf -v paths '%s\n' "$@"
	alone
	work=$(mktemp -d) || exit 1
	trap 'rm -rf "$work"' EXIT
	restic snapshots --no-cache --no-lock --json "$copy" >"$work/copy" || fail "there is no copy $copy"
	copy=$(grep -o '"short_id":"[0-9a-f]*"' "$work/copy" | tail -n 1 | cut -d'"' -f4)
	[ -n "$copy" ] || fail 'there is no copy'
	made=$(grep -o '"time":"[^"]*"' "$work/copy" | tail -n 1 | cut -d'"' -f4)
	restic dump "${reads[@]}" "$copy" "/$job.tar" | tar --list --verbose --numeric-owner --quoting-style=escape --full-time --file=- >"$work/list" ||
		fail "the copy $copy cannot be read"
	printf 'id\t%s\nmade\t%s\nseconds\t%s\n' "$copy" "$(date -d "$made" '+%F %T %Z')" "$(date -d "$made" +%s)"
	PATHS=${paths%?} awk "$count" "$work/list"
}

# Names that tar has to escape come back by hand only.
within() {
	local copy=$1
	shift
	alone
	restic dump "${reads[@]}" "$copy" "/$job.tar" | tar --list --quoting-style=escape --file=- |
		FOLDERS=$(printf '%s\n' "$@") awk 'BEGIN { n = split(ENVIRON["FOLDERS"], folder, "\n") }
			{ for (i = 1; i <= n; i++) {
				at = substr(folder[i], 2) "/"
				if (index($0, at) != 1 || length($0) == length(at)) continue
				rest = substr($0, length(at) + 1)
				sub(/\/.*/, "", rest)
				found["/" at rest]
			} }
			END { for (path in found) print path }' | sort
}

# So much less came than before that something is lost perhaps, though its sentinel is there: what came is kept, and nothing is forgotten
# for it until it is as large again, or a person has said that it is right.
shrunk() {
	local before
	before=$(grep -x '[0-9][0-9]*' "$ROOT/sums/$job.size" 2>/dev/null || echo 0)
	[ "$bytes" -ge $((before * ${SHRUNK:-0} / 100)) ] ||
		fail "the copy $snapshot has $bytes bytes, and before it were $before: is something lost on $HOST? It is kept, and older ones are not forgotten. If it is right, say so (backup-files accept $job), and begin the job again"
	printf '%s\n' "$bytes" >"$ROOT/sums/$job.size"
}

# What these words for how long would forget, and not what they do.
would() {
	local gone
	alone
	gone=$(restic forget --no-cache --no-lock --quiet --json --dry-run --group-by host --keep-last 2 "$@") || exit 1
	gone=$(sed -n 's/.*"remove":\[\(.*\)\],"reasons".*/\1/p' <<<"$gone" | grep -o -e '"time":"[^".]*' -e '"short_id":"[0-9a-f]*' | cut -d'"' -f4)
	# A time, and the name of the copy; the newest is the first of restic's.
	paste -sd ' \n' <<<"$gone" | tac | while read -r made copy; do [ -z "$copy" ] || printf '%s of %s\n' "$copy" "${made%T*}"; done
}
