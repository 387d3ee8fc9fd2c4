#!/bin/sh
# sockets.sh ADDRESS…: 0 when dnsmasq answers on those addresses that the host has, or is not running and may; 10 when it
# runs and does not answer there; 1, and whose port it is, when another program is in its way.
sockets=$(ss -Hltunp 'sport = :53' | sed 's/%[^ ]*:53 /:53 /')
missing=
others=
for address in 127.0.0.1 "$@"; do
	ip -o address show | grep -qF " $address/" || continue
	case $address in
	*:*) socket="[$address]:53" ;;
	*) socket="$address:53" ;;
	esac
	for protocol in udp tcp; do
		there=$(echo "$sockets" | awk -v protocol=$protocol -v socket="$socket" \
			'$1 == protocol && ($5 == socket || $5 == "0.0.0.0:53" || $5 == "*:53" || $5 == "[::]:53")')
		case $there in
		*'"dnsmasq"'*) ;;
		*) missing="$missing $socket/$protocol" others="$others$there
" ;;
		esac
	done
done
[ -n "$missing" ] || exit 0

others=$(echo "$others" | awk 'NF { split($7, who, "\""); print (who[2] == "" ? "somebody" : who[2]) }' | sort -u | paste -sd' ')
if [ -n "$others" ]; then
	echo "dnsmasq cannot answer on$missing: taken by $others. Stop that program, or let it listen elsewhere (ss -tulnp), or leave the address out of dns_local_listen, and run again. Nothing was changed" >&2
	exit 1
fi
systemctl --quiet is-active dnsmasq && exit 10
exit 0
