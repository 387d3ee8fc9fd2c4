#!/bin/sh
# backup-metrics FOLDER: what the results of jobs say, for the node exporter, whole or not at all; and a file for each job
# that has succeeded, as the role exporters expects it. FOLDER is where copies are kept.
set -u
export LC_ALL=C
root=$1
folder=/var/lib/prometheus/node-exporter
marks=/var/lib/g2pbook/backups

value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$file" | head -n 1; }
number() { value "$1" | grep -x '[0-9][0-9]*' || echo 0; }
metric() { printf 'g2pbook_backup_%s{name="%s",what="%s"} %s\n' "$1" "$job" "$what" "$2"; }

described() { printf '# HELP g2pbook_backup_%s %s\n# TYPE g2pbook_backup_%s gauge\n' "$1" "$2" "$1"; }

all() {
	described failed 'Whether the last run or drill of a job has failed.'
	described begun_timestamp_seconds 'When it last began.'
	described succeeded_timestamp_seconds 'When it last succeeded, 0 for never.'
	described duration_seconds 'How long it took.'
	described bytes 'Bytes that a run has fetched.'
	described free_bytes 'Bytes that are free where copies are kept.'
	for file in /var/lib/g2pbook/backup-node/results/*.json; do
		name=$(basename "$file" .json)
		case $name in *[!A-Za-z0-9._-]*) continue ;; esac
		[ -f "$file" ] && [ ! -L "$file" ] || continue
		job=${name%.*} what=${name##*.}
		state=$(value state) good=$(number succeeded)
		metric failed "$([ "$state" = failed ] && echo 1 || echo 0)"
		metric begun_timestamp_seconds "$(number started)"
		metric succeeded_timestamp_seconds "$good"
		metric duration_seconds "$(number seconds)"
		metric bytes "$(number bytes)"
		[ "$what" != run ] || [ "$good" = 0 ] || touch -d "@$good" "$marks/$job"
	done
	printf 'g2pbook_backup_free_bytes %s\n' "$(df --output=avail -B1 "$root" | tail -n 1 | tr -dc 0-9)"
}

mkdir -p "$marks"
text=$(all)
[ -d "$folder" ] || exit 0
printf '%s\n' "$text" >"$folder/g2pbook-backup.prom.new" && chmod 0644 "$folder/g2pbook-backup.prom.new" &&
	mv "$folder/g2pbook-backup.prom.new" "$folder/g2pbook-backup.prom"
