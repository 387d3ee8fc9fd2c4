#!/bin/sh
# Make the cluster `main` of the version that is the word, and start it. pg_createcluster(1) takes a folder of data that it
# finds for a whole cluster, also one that was half made when the power was lost: that server starts, and nobody can connect.
# So a mark says that one is being made, and what has the mark is made anew. Until it is whole it does not start with the host,
# so that nobody has put anything into it.
set -u
version=$1
mark=/var/lib/g2pbook/postgres-native/$version.unfinished
settings=/etc/postgresql/$version/main
data=/var/lib/postgresql/$version/main

if [ -e "$mark" ]; then
	systemctl stop "postgresql@$version-main"
	rm -rf "$data" "$settings"
fi
# Data without settings are somebody's: they get settings, and no mark.
if [ ! -e "$data/PG_VERSION" ]; then
	mkdir -p -m 0700 "${mark%/*}" && touch "$mark" && sync "$mark" || exit
fi
# In the language of the host, as the package would, and not in that of this session.
env -i PATH="$PATH" sh -c '
	set -a
	LANG=C.UTF-8
	[ ! -r /etc/default/locale ] || . /etc/default/locale
	exec pg_createcluster --start-conf manual "$1" main' sh "$version" || exit
sed -i 's/^manual$/auto/' "$settings/start.conf" && sync && rm -f "$mark" || exit
# Which clusters come with the host is asked then. One that does not start is told by the task that starts it.
systemctl daemon-reload
systemctl start "postgresql@$version-main" || :
