#!/bin/sh
# probe.sh read SECONDS SERVER FOLDER: read a file of the server without mounting anything.
# probe.sh write SECONDS PATH: write, read and delete a file in a mounted folder.
# Each try is a process of its own that is killed in time: a server that hangs holds up no run.
set -u
what=$1 seconds=$2 server=$3 folder=${4:-}
end=$(($(date +%s) + seconds))

try() {
	left=$((end - $(date +%s)))
	[ "$left" -gt 0 ] || return
	case $what in
	read) timeout --signal KILL "$left" nfs-cat "nfs://$server$folder/README?version=4" 2>&1 >/dev/null ;;
	write)
		timeout --signal KILL "$left" sh -c 'echo probe >"$0" && [ "$(cat "$0")" = probe ] && rm "$0"' \
			"$server/.g2pbook-probe.$(uname -n)" 2>&1
		;;
	esac
}

while ! said=$(try); do
	if [ $(($(date +%s) + 2)) -ge "$end" ]; then
		echo "within $seconds s it was not possible to $what a file of $server$folder over NFS: ${said:-no answer}." \
			"Does the server run (systemctl status nfs-server nfs-ganesha there), do the firewalls between let 2049/tcp" \
			"through, and is this host in nfs_client_groups or nfs_reader_groups?" >&2
		exit 1
	fi
	sleep 2
done
