#!/bin/sh
# backup-source "WORDS": what the backup host may have of this host, on standard output. It is the forced command of a
# key, and is started by sudo: whoever has the key chooses the words, and nothing else.
#   files NAME   the archive of what the list NAME says
#   look NAME    nothing; whether all that the list NAME needs is there
# Codes: 0 all is in it; 10 all is in it, and some of it changed meanwhile; 2 it is not all; 3 these words mean nothing.
set -uf
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
unset IFS
lists=/etc/g2pbook/backup-source
account=g2pbook-source

refuse() {
	echo "$(uname -n) hands out nothing for these words" >&2
	exit 3
}

incomplete() {
	echo "$(uname -n): $*" >&2
	exit 2
}

# Not a word of more than letters, digits and hyphens.
plain() { case $1 in '' | *[!a-z0-9-]*) return 1 ;; esac; }

# Of root there is left what lets it read. The kernel sees to it that nothing can be written, whatever runs here.
reading() {
	setpriv --reuid "$account" --regid "$account" --clear-groups --no-new-privs --inh-caps=-all,+dac_read_search \
		--ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search -- "$@"
}

values() { sed -n "s/^$1 //p" "$list"; }

# Paths in the archive begin below /. Those that may be missing are left out where they are.
wanted() {
	values must | sed 's,^/*,,'
	values may | while IFS= read -r path; do
		[ ! -e "$path" ] && [ ! -L "$path" ] || printf '%s\n' "${path#/}"
	done
}

# What has to be there is.
look() {
	list=$lists/$1.list
	[ -f "$list" ] || refuse
	missing=$(values sentinel | while IFS= read -r path; do [ -f "$path" ] || printf '%s ' "$path"; done)
	[ -z "$missing" ] || incomplete "${missing% } is not there, which always is: is its disk mounted?"
	missing=$(values must | while IFS= read -r path; do [ -e "$path" ] || printf '%s ' "$path"; done)
	[ -z "$missing" ] || incomplete "${missing% } should be kept, and is not there"
	links=$({ values must && values may; } | while IFS= read -r path; do [ ! -L "$path" ] || printf '%s ' "$path ($(readlink "$path"))"; done)
	[ -z "$links" ] || incomplete "${links% } is a link, of which nothing but the link would be kept: let the list name what it leads to"
}

# Whether something else still makes what is to be kept: its newest file is not too old.
fresh() {
	values fresh | while read -r hours path; do
		newest=$(find "$path" -type f -newermt "-$hours hours" 2>/dev/null | head -n 1)
		[ -n "$newest" ] || printf '%s ' "$path (for $hours hours)"
	done
}

# Times at which a file was read would make every archive another one; so would the number of a process in a name.
files() {
	look "$1"
	stale=$(fresh)
	[ -z "$stale" ] || incomplete "nothing new has come into ${stale% }: is what writes there still running?"
	work=$(mktemp -d) || incomplete 'there is no place for a list of what to read'
	trap 'rm -rf "$work"' EXIT
	trap 'exit 2' HUP INT TERM PIPE
	chmod 0755 "$work"
	values not >"$work/not"
	wanted >"$work/wanted"
	reading tar --create --file=- --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
		--sort=name --numeric-owner --acls --xattrs --xattrs-include='*' --sparse --exclude-from="$work/not" \
		--directory=/ --verbatim-files-from --files-from="$work/wanted"
	case $? in
	0) exit 0 ;;
	1) exit 10 ;;
	*) incomplete 'tar could not read all of it' ;;
	esac
}

[ $# = 1 ] || refuse
# shellcheck disable=SC2086 # Split, and not expanded: set -f.
set -- $1
[ $# = 2 ] && plain "$1" && plain "$2" || refuse
case $1 in
files) files "$2" ;;
look) look "$2" ;;
*) refuse ;;
esac
