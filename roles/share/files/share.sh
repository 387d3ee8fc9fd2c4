#!/bin/sh
# share look FOLDER FILE…   which of these there are, and their checksums, as JSON
# share door                make a key for this one time, and print its certificate
# share seal FOLDER FILE…   print these files, readable only for whose certificate comes by standard input
# share open FOLDER FILE…   put these files, and no others, out of what comes by standard input into the folder
# share close               forget the key
#
# Files are paths from the folder. What crosses the machine of who runs this is sealed from host to host.
set -eu
LC_ALL=C
umask 077
export LC_ALL
word=$1
shift
door=/run/g2pbook-share

case $word in
look)
	folder=$1
	shift
	comma=
	printf '{'
	for file; do
		[ -f "$folder/$file" ] || continue
		printf '%s"%s": "%s"' "$comma" "$file" "$(sha256sum <"$folder/$file" | cut -c 1-32)"
		comma=', '
	done
	printf '}\n'
	;;
door)
	rm -rf "$door"
	mkdir "$door"
	openssl req -x509 -newkey rsa:3072 -nodes -keyout "$door/key" -out "$door/certificate" -days 2 -subj /CN=g2pbook-share 2>/dev/null
	base64 -w 0 "$door/certificate"
	;;
seal)
	folder=$1
	shift
	# In memory: it is not sealed yet.
	work=$(mktemp -d /run/g2pbook-share-sealed.XXXXXX)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	base64 -d >"$work/certificate"
	tar -C "$folder" -cf "$work/files" -- "$@"
	openssl cms -encrypt -binary -aes-256-cbc -outform DER -in "$work/files" "$work/certificate" | base64 -w 0
	;;
open)
	folder=$1
	shift
	work=$(mktemp -d "$folder/.g2pbook-share.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	base64 -d | openssl cms -decrypt -binary -inform DER -inkey "$door/key" -recip "$door/certificate" -out "$work/.files"
	tar -C "$work" -xpf "$work/.files" -- "$@"
	for file; do
		# Whoever sends a link might mean another file.
		if [ -L "$work/$file" ] || [ ! -f "$work/$file" ]; then
			echo "$file came as something that is no file: nothing more was taken" >&2
			exit 1
		fi
		chown root:root "$work/$file"
		mkdir -p "$(dirname "$folder/$file")"
		[ ! -e "$folder/$file" ] || cmp -s "$folder/$file" "$work/$file" || mv "$folder/$file" "$folder/$file.replaced-$(date -u +%Y%m%dT%H%M%SZ)"
		mv "$work/$file" "$folder/$file"
	done
	;;
close) rm -rf "$door" ;;
esac
