#!/bin/sh
# move-folder.sh used            print the folder that the host has, if any
# move-folder.sh look OLD NEW    say why it cannot be moved
# move-folder.sh move OLD NEW    move it
#
# The new folder may be on another disk, or be the place where one is mounted. Killed in between, it moves again.
set -eu

# As it is, or not yet, or copied by a run that was killed before it removed the old one.
is_free() {
	[ ! -e "$2" ] || [ -z "$(ls -A "$2")" ] || diff -rq "$1" "$2" >/dev/null 2>&1
}

case $1 in
used)
	unit=/etc/systemd/system/g2pbook-certs.service
	[ ! -e $unit ] || folder=$(sed -n 's/^ExecStart=.* renew //p' $unit)
	if [ -d "${folder:-}" ]; then echo "$folder"; fi
	;;
look)
	case $3/ in
	"$2"/*)
		echo "certs_folder ($3) is inside the folder that the host has ($2): name one beside it. Nothing was changed" >&2
		exit 1
		;;
	esac
	is_free "$2" "$3" || {
		echo "the certificate of this host is in $2, and certs_folder, $3, is not empty: it cannot be moved there. Empty $3 (or remove $2, if what is in $3 is to be used), and run again. Nothing was changed" >&2
		exit 1
	}
	;;
move)
	# Moved by hand, with a link from one to the other.
	if [ "$(realpath "$2")" = "$(realpath -m "$3")" ]; then
		[ ! -L "$2" ] || rm "$2"
		exit 0
	fi
	mkdir -p "$(dirname "$3")"
	if [ -e "$3" ]; then
		cp -a "$2/." "$3"
	else
		rm -rf "$3.g2pbook"
		cp -a "$2" "$3.g2pbook"
		mv -T "$3.g2pbook" "$3"
	fi
	rm -rf "$2"
	;;
esac
