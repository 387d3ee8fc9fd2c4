#!/bin/sh
# look.sh PATH...: what this host serves and mounts by this role, and who has the port. It only looks. The paths are
# those that are to be served; what is served and is none of them is told as `empty`, or as `full` with some names.
mark='^# Written by g2pbook, role nfs'
ganesha=/etc/ganesha/ganesha.conf kernel=/etc/exports.d/g2p.exports

# Whether a path leads to one that is to be served.
leads() {
	for to in $wanted; do
		case $to/ in "$1"/*) return 0 ;; esac
	done
	return 1
}

# Whether it is one of them, or inside of one.
inside() {
	for of in $wanted; do
		case $1/ in "$of"/*) return 0 ;; esac
	done
	return 1
}

# Files of users in a folder, but for what is still served.
files() {
	folder=$1
	set --
	for to in $wanted; do
		set -- "$@" -path "$to" -prune -o
	done
	find "$folder" -mindepth 1 "$@" -path "$folder/lost+found" -prune -o -print 2>/dev/null | while read -r one; do
		if [ "$one" = "$folder/README" ] && grep -q '^Files of the OpenG2P cluster' "$one"; then
			continue
		fi
		leads "$one" || echo "$one"
	done | head -n 3 | paste -sd ' '
}

wanted=$*
grep -qs "$mark" $ganesha && printf 'ganesha\t%s\n' $ganesha
grep -qs "$mark" $kernel && printf 'kernel\t%s\n' $kernel
{
	grep -qs "$mark" $ganesha && sed -n 's/^\tPath = \(.*\);$/\1/p' $ganesha
	grep -qs "$mark" $kernel && sed -n 's/^\(\/[^ ]*\) .*/\1/p' $kernel
} | sort -u | while read -r path; do
	if [ -d "$path" ] && ! inside "$path"; then
		found=$(files "$path")
		if [ -n "$found" ]; then
			printf 'full\t%s\t%s\n' "$path" "$found"
		elif ! leads "$path"; then
			printf 'empty\t%s\n' "$path"
		fi
	fi
done
for unit in nfs-ganesha nfs-server; do
	systemctl cat $unit >/dev/null 2>&1 && printf 'unit\t%s\n' $unit
done
awk '$1 !~ /^#/ && $4 ~ /(^|,)x-g2pbook=nfs(,|$)/ { print "mount\t" $2 }' /etc/fstab
# A socket of the kernel's server belongs to no process.
ss -Hltnp 'sport = :2049' | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/listens\t\1\tprocess \2/p; t; s/.*/listens\tthe kernel/p' | sort -u
exit 0
