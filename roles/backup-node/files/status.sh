#!/bin/bash
# backup-status: how each job is, a line each: its name, run, drill, offsite or offdrill (of the second repository), a word (ok, failed, running, waiting, late), when it last
# succeeded (or never), when it begins next, and what it said. Only looks. Code 3 when one needs a person.
set -uf
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
settings=/etc/g2pbook/backup-node
results=/var/lib/g2pbook/backup-node/results
wrong=0

value() { sed -n "s/^ *\"$1\": \"\{0,1\}\(.*[^\",]\)\"\{0,1\},\{0,1\}\$/\1/p" "$2" 2>/dev/null | head -n 1; }
seconds() { date -d "$1" +%s 2>/dev/null || echo 0; }

set +f
for file in "$settings"/jobs/*; do
	[ -f "$file" ] || continue
	job=${file##*/}
	for what in run drill offsite offdrill; do
		unit=g2pbook-$what-$job
		[ $what != run ] || unit=g2pbook-backup-$job
		# Not every site has a second repository.
		case $what in off*) [ -e "/etc/systemd/system/$unit.timer" ] || continue ;; esac
		json=$results/$job.$what.json
		state=$(value state "$json") says=$(value says "$json") good=$(value succeeded "$json") began=$(value started "$json")
		next=$(systemctl show --property NextElapseUSecRealtime --value "$unit.timer")
		last=$(systemctl show --property LastTriggerUSec --value "$unit.timer")
		[ "$(systemctl is-active "$unit.timer")" = active ] || state=failed says="its timer does not run (systemctl status $unit.timer)"
		# One that runs says so in its unit, and not only in a file that a power cut has left.
		if [ "$state" = running ] && [ "$(systemctl is-active "$unit.service")" != activating ]; then
			state=failed says='it was cut off, by a restart of this host perhaps: the next run mends that'
		fi
		state=${state:-waiting}
		# Its timer has begun it since, and it has left nothing.
		[ "$state" != ok ] || [ "$(seconds "$last")" -le $((${began:-0} + 60)) ] || state=late says='it was begun, and has said nothing since'
		case $state in failed | late) wrong=3 ;; esac
		# As systemd writes the other one.
		if [ "${good:-0}" = 0 ]; then good=never; else good=$(date -d "@$good" '+%a %F %T %Z'); fi
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$job" "$what" "$state" "$good" "${next:-not known}" "$says"
	done
done
exit $wrong
