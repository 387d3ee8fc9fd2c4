#!/bin/sh
# take-keys.sh OLD NEW: let a tunnel have its keys, and those of its peers, under its new name too. Those of the old one
# stay where they are until it has gone. The server's own comes last: with it, all are there.
set -eu
umask 077
cd /etc/wireguard
old=$1 new=$2

rm -rf "$new.peers.new"
if [ ! -d "$new.peers" ]; then
	mkdir "$new.peers.new"
	[ ! -d "$old.peers" ] || cp -a "$old.peers/." "$new.peers.new"
	mv -T "$new.peers.new" "$new.peers"
fi

for tail in -next ''; do
	if [ -e "$old$tail.key" ]; then
		cp "$old$tail.key" "$new$tail.key.new"
		mv "$new$tail.key.new" "$new$tail.key"
	fi
done
