#!/bin/sh
# Asks an environment through its proxy, as somebody of the private channel does: ADDRESS NAME SECONDS. It has to be Keycloak
# that answers, and to call itself by its name. Waits so long for it.
set -u
address=$1 name=$2 seconds=$3
authority=/etc/ssl/certs/ca-certificates.crt
for own in /etc/g2pbook/tls/ca.crt "${4:-/etc/g2pbook/tls}/ca.crt"; do
	[ ! -f "$own" ] || authority=$own
done
end=$(($(date +%s) + seconds))
while :; do
	answer=$(curl --silent --show-error --max-time 20 --cacert "$authority" --resolve "$name:443:$address" \
		--write-out '\n%{http_code}' "https://$name/realms/staff/.well-known/openid-configuration" 2>&1)
	case $(printf '%s\n' "$answer" | tail -n 1) in
	200)
		case $answer in
		*"\"https://$name/realms/staff\""*) exit 0 ;;
		*) seen="Keycloak calls itself otherwise: $(printf '%s' "$answer" | grep -o '"issuer" *: *"[^"]*"')" ;;
		esac
		;;
	*) seen=$(printf '%s' "$answer" | tr '\n' ' ' | cut -c 1-300) ;;
	esac
	[ "$(date +%s)" -lt "$end" ] || break
	sleep 2
done
cat >&2 <<END
https://$name should answer through the proxy at $address as the realm staff of Keycloak, and after $seconds s does not: $seen
403: the proxy takes this host for a stranger (nginx_rp_private_subnets). 404: no gateway of the cluster has the name. 503: the
gateway, or Keycloak behind it, does not answer (kubectl get pods --all-namespaces).
END
exit 1
