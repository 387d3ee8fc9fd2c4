#!/bin/sh
# ask.sh SECONDS PORT ADDRESS…: print the addresses at which the gateway does not say within that time that it is ready.
set -u
end=$(($(date +%s) + $1)) port=$2
shift 2
answers() {
	case $1 in *:*) host="[$1]" ;; *) host=$1 ;; esac
	curl --silent --output /dev/null --fail --max-time 5 --noproxy '*' "http://$host:$port/healthz/ready"
}

silent=$*
while :; do
	# All at once: of many nodes that are away, each would take its time.
	silent=$(for address in $silent; do { answers "$address" || echo "$address"; } & done; wait)
	[ -n "$silent" ] && [ "$(date +%s)" -lt "$end" ] || break
	sleep 1
done
[ -z "$silent" ] || printf '%s\n' "$silent" | sort
