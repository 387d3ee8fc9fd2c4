#!/bin/sh
# sockets.sh: 0 when nginx listens where it should, or is not running and may; 10 when it runs and does not listen; 1,
# and whose port it is, when another program is in its way.
sockets=$(ss -Hltnp)
missing=
for socket in '0.0.0.0:80' '[::]:80' '0.0.0.0:443' '[::]:443'; do
	echo "$sockets" | grep -F " $socket " | grep -q '"nginx"' || missing="$missing $socket"
done
[ -n "$missing" ] || exit 0

# Also one that listens on a single address of the host: nginx wants all of them.
others=$(echo "$sockets" | grep -E '(:80|:443) ' | grep -v '"nginx"' |
	awk '{ split($6, who, "\""); print (who[2] == "" ? "somebody" : who[2]), "on", $4 }' | sort -u | paste -sd, | sed 's/,/, /g')
if [ -n "$others" ]; then
	echo "nginx cannot listen on$missing: the ports are taken by $others. Stop that program, or let it listen elsewhere (ss -tlnp), and run again. Nothing was changed" >&2
	exit 1
fi
systemctl --quiet is-active nginx && exit 10
exit 0
