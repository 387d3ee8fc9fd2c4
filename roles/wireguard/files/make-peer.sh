#!/bin/sh
# make-peer.sh FOLDER PUBLIC_KEY|- SERVER_KEY_FILE ADDRESS ENDPOINT ROUTES DNS|- MTU|-: make what a peer does not bring
# along, and the file for its client. All of it is there, or nothing.
set -eu
umask 077
folder=$1 public=$2 server=$3 address=$4 endpoint=$5 routes=$6 dns=$7 mtu=$8
# No peer has a name like that: it is found, and removed, where a run was cut off.
new=$(dirname "$folder")/.$(basename "$folder")
rm -rf "$new"
mkdir "$new"

if [ "$public" = - ]; then
	wg genkey >"$new/private.key"
	wg pubkey <"$new/private.key" >"$new/public.key"
	private=$(cat "$new/private.key")
else
	printf '%s\n' "$public" >"$new/public.key"
	private='(put your own here)'
fi
wg genpsk >"$new/preshared.key"

{
	printf '[Interface]\nPrivateKey = %s\nAddress = %s/32\n' "$private" "$address"
	[ "$dns" = - ] || printf 'DNS = %s\n' "$dns"
	[ "$mtu" = - ] || printf 'MTU = %s\n' "$mtu"
	printf '\n[Peer]\nPublicKey = %s\nPresharedKey = %s\n' "$(wg pubkey <"$server")" "$(cat "$new/preshared.key")"
	printf 'Endpoint = %s\nAllowedIPs = %s\nPersistentKeepalive = 25\n' "$endpoint" "$routes"
} >"$new/client.conf"
qrencode --type ansiutf8 --output "$new/client.qr" --read-from "$new/client.conf"
mv "$new" "$folder"
