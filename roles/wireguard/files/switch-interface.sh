#!/bin/sh
# switch-interface.sh OLD NEW: let the tunnel go on under its new name. Who runs this may come through the tunnel, so it
# is done by a unit that does not end with the session: after it the new one is up, or the old one again.
set -eu
umask 077
old=$1 new=$2

if [ "${3-}" != unit ]; then
	copy=/run/g2pbook-wireguard-switch
	rm -f "$copy.said"
	cp "$0" "$copy"
	systemd-run --quiet --wait --collect --unit=g2pbook-wireguard-switch /bin/sh "$copy" "$old" "$new" unit && exit
	cat "$copy.said" >&2
	exit 1
fi

exec 2>"$0.said"
rm -f "$0"

start() {
	for one in "$1" "$1-next"; do
		[ ! -e "/etc/wireguard/$one.conf" ] || systemctl start "wg-quick@$one" || return 1
	done
}

# From where peers came: whoever has been there once is spoken to first, and does not have to find out by itself.
seen=$(for tail in '' -next; do wg show "$old$tail" endpoints 2>/dev/null | sed "/(none)/d; s/^/$new$tail /"; done || true)

# The units of the new name may have parts that systemd has not read.
systemctl daemon-reload
systemctl stop "wg-quick@$old-next" "wg-quick@$old" || true
for one in "$old-next" "$old"; do ip link delete "$one" 2>/dev/null || true; done

if ! start "$new"; then
	journalctl --quiet --no-pager --output cat --lines 8 --unit "wg-quick@$new" --unit "wg-quick@$new-next" >&2 || true
	systemctl stop "wg-quick@$new-next" "wg-quick@$new" || true
	start "$old" && echo "the tunnel does not start as $new, and goes on as $old" >&2
	exit 1
fi

for one in "$new" "$new-next"; do
	[ ! -e "/etc/wireguard/$one.conf" ] || systemctl enable --quiet "wg-quick@$one"
done
systemctl disable --quiet "wg-quick@$old-next" "wg-quick@$old"

for interval in 1 off; do
	printf '%s\n' "$seen" | while read -r one key endpoint; do
		if wg show "$one" peers 2>/dev/null | grep -qxF -- "$key"; then
			wg set "$one" peer "$key" endpoint "$endpoint" persistent-keepalive "$interval"
		fi
	done
	[ "$interval" = off ] || sleep 1
done
rm -f "$0.said"
