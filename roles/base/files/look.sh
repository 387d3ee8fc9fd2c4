#!/bin/sh
# look.sh KEY... -- MODULE...: what the kernel and systemd let be set, as JSON.
# `sysctl`: for each key its value, and whether it is `settable`, `refused` or `missing`. The value that is there already
# is written once more, since nothing else tells: a container has keys that look as if they could be written.
# `modules`: those that are loaded or can be. `open_files`: the most files that systemd may let a service open.
# `upgrades`: whether the timer that starts upgrades is `enabled`.
set -u

state() {
	file=/proc/sys/$(printf %s "$1" | tr . /)
	[ -e "$file" ] || { echo missing; return; }
	value=$(cat "$file" 2>/dev/null) && [ -w "$file" ] && { printf '%s\n' "$value" >"$file"; } 2>/dev/null && echo settable || echo refused
}

comma=
printf '{"sysctl": {'
while [ "${1:---}" != -- ]; do
	value=$(sysctl -n "$1" 2>/dev/null | tr -s '\t' ' ')
	printf '%s"%s": {"state": "%s", "value": "%s"}' "$comma" "$1" "$(state "$1")" "$value"
	comma=', '
	shift
done
[ $# = 0 ] || shift
printf '}, "modules": ['
comma=
for module; do
	[ -e "/sys/module/$module" ] || modprobe --dry-run --quiet "$module" 2>/dev/null || continue
	printf '%s"%s"' "$comma" "$module"
	comma=', '
done
# CAP_SYS_RESOURCE raises every limit.
most=$(awk '/^Max open files/ { print $5 }' /proc/1/limits)
[ $((0x$(awk '/^CapEff/ { print substr($2, 9) }' /proc/1/status) & 0x1000000)) = 0 ] || most=1073741816
printf '], "open_files": %s, "upgrades": "%s"}\n' "$most" "$(systemctl is-enabled apt-daily-upgrade.timer 2>/dev/null)"
