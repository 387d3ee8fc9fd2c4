#!/bin/sh
# What names come to, from here. Words: `name NAME`, `proxy ADDRESS NAME`. Prints a line for what is not as it should be:
#   unresolved NAME              no DNS has it
#   silent ADDRESS NAME          the proxy there makes no connection for the name
#   uncovered ADDRESS NAME WORDS     it does, with a certificate that is for WORDS
# Only looks.
set -u
while [ $# -gt 0 ]; do
	case $1 in
	name)
		timeout 10 getent ahosts "$2" >/dev/null 2>&1 || echo "unresolved $2"
		shift 2
		;;
	proxy)
		address=$2 name=$3
		shift 3
		certificate=$(timeout 10 openssl s_client -connect "$address:443" -servername "$name" </dev/null 2>/dev/null | openssl x509 2>/dev/null)
		names=$(printf '%s\n' "$certificate" | openssl x509 -noout -ext subjectAltName 2>/dev/null | sed -n 's/ *DNS://gp')
		case ",$names," in
		,,) echo "silent $address $name" ;;
		*",$name,"* | *",*.${name#*.},"*) ;;
		*) echo "uncovered $address $name $names" ;;
		esac
		;;
	esac
done
