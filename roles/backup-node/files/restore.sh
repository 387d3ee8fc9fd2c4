#!/bin/sh
# What a restore asks and does on the host that gets its files back. The word says which; PATHS, a line each, comes from the
# environment, and so does FOLDER, where they come in the end. Until all of it has come they are in FOLDER.part.
#   look    print how much of each is there now, what was written since SINCE (seconds), and what is free; only looks
#   count   print how many things were unpacked of all of them
#   replace put what was unpacked in the place of what is there, which is kept beside it
#   end     take back all by which the backup host could send
set -u
export LC_ALL=C
paths() { printf '%s\n' "$PATHS"; }
things() { find "$1" -printf . 2>/dev/null | wc -c; }

case $1 in
look)
	paths | while IFS= read -r path; do
		printf 'there\t%s\t%s\n' "$path" "$(things "$path")"
		! mountpoint -q "$path" || printf 'mounted\t%s\n' "$path"
		[ ! -e "$path" ] || find "$path" ! -type d -newermt "@$SINCE" -printf "since\t%p\n"
	done | awk '!/^since/ || ++since <= 20 { print } END { print "newer\t" since + 0 }'
	near=$FOLDER
	until [ -d "$near" ]; do near=$(dirname "$near"); done
	printf 'free\t%s\n' "$(df --output=avail -B1 "$near" | tail -n 1 | tr -dc 0-9)"
	[ ! -e "$FOLDER" ] || printf 'taken\t%s\n' "$FOLDER"
	;;
count)
	total=0
	while IFS= read -r path; do
		total=$((total + $(things "$FOLDER.part$path")))
	done <<-END
		$PATHS
	END
	echo "$total"
	;;
replace)
	paths | while IFS= read -r path; do
		kept=$path.before-restore
		new=$path.g2pbook-restored
		# First beside it, on its disk, so that it is put in place at once. What one that was cut off has left there comes again.
		rm -rf "$new" && mkdir -p "$(dirname "$path")" && mv -T "$FOLDER.part$path" "$new" || exit 1
		if [ -e "$path" ] || [ -L "$path" ]; then
			[ ! -e "$kept" ] || kept=$kept-$(date +%Y%m%dT%H%M%S)
			mv -T "$path" "$kept" || exit 1
			mv -T "$new" "$path" || exit 1
			echo "$path is back; what was there is now $kept"
		else
			mv -T "$new" "$path" || exit 1
			echo "$path is back; nothing was there"
		fi
	done || exit 1
	rm -rf "$FOLDER.part"
	;;
end)
	rm -rf /var/lib/g2pbook-source/.ssh/authorized_keys2 /etc/sudoers.d/g2pbook-restore /usr/local/lib/g2pbook/backup-receive \
		/etc/g2pbook/backup-restore
	;;
esac
