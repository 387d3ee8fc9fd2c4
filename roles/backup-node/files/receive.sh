#!/bin/sh
# backup-receive: unpack what the backup host sends, into the folder and of it the members that a restore has written down
# here. It is the forced command of a key that lives as long as the restore.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
settings=/etc/g2pbook/backup-restore
folder=$(cat "$settings/folder") && [ -d "$folder" ] || exit 2
exec tar --extract --file=- --directory="$folder" --xattrs --xattrs-include='*' --acls --numeric-owner --same-owner \
	--preserve-permissions --delay-directory-restore --verbatim-files-from --files-from="$settings/members"
