#!/bin/sh
# look.sh FOLDER: what this role has on this host, a fact on each line. It only looks. FOLDER is where copies are kept.
set -u
for file in /etc/g2pbook/backup-node/jobs/*; do
	[ -f "$file" ] || continue
	printf 'job\t%s\n' "${file##*/}"
	sed -n "s/^KEEP='\(.*\)'\$/keep\t${file##*/} \1/p" "$file"
	root=$(sed -n "s/^ROOT='\(.*\)'$/\1/p" "$file")
	[ "$root" = "$1" ] || [ ! -d "$root/files" ] || printf 'elsewhere\t%s\n' "$root"
done
for file in /etc/g2pbook/backup-source/*.list; do
	[ ! -f "$file" ] || printf 'list\t%s\n' "$(basename "$file" .list)"
done
for folder in "$1"/postgres/backup/* "$1"/postgres-[0-9]*/backup/*; do
	[ ! -d "$folder" ] || printf 'stanza\t%s\n' "${folder##*/}"
done
for folder in "$1"/files/*; do
	[ ! -d "$folder" ] || printf 'repository\t%s\n' "${folder##*/}"
done
[ ! -e /etc/sudoers.d/g2pbook-backup ] || printf 'source\t/etc/sudoers.d/g2pbook-backup\n'
[ ! -e /etc/g2pbook/backup-node/two-keys ] || printf 'two-keys\t/etc/g2pbook/backup-node/two-keys\n'
[ ! -e /etc/g2pbook/backup-node/offsite ] || printf 'offsite\t/etc/g2pbook/backup-node/offsite\n'
[ ! -e /etc/g2pbook/backup-node ] || printf 'keeper\t/etc/g2pbook/backup-node\n'
# On the host that keeps them only: how many are.
! grep -qs '^repo[0-9]*-path=' /etc/pgbackrest/pgbackrest.conf || printf 'retention\t%s %s\n' \
	"$(sed -n 's/^repo[0-9]*-retention-full=//p' /etc/pgbackrest/pgbackrest.conf | tail -n 1)" \
	"$(sed -n 's/^repo[0-9]*-retention-diff=//p' /etc/pgbackrest/pgbackrest.conf | tail -n 1)"
sed -n 's/^repo\([0-9]*\)-host=.*/pushes-to\t\1/p' /etc/pgbackrest/pgbackrest.conf 2>/dev/null
! grep -qs '^repo[0-9]*-host=' /etc/pgbackrest/pgbackrest.conf || printf 'archives\t/etc/pgbackrest/pgbackrest.conf\n'
[ ! -e /etc/g2pbook/pgbackrest ] || printf 'pgbackrest\t/etc/g2pbook/pgbackrest\n'
for unit in g2pbook-pgbackrest.service g2pbook-backup-seal.timer g2pbook-backup-canary.timer; do
	[ ! -e "/etc/systemd/system/$unit" ] || printf 'pgbackrest-unit\t%s\n' "$unit"
done
