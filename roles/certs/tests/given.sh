#!/bin/sh
# given.sh FOLDER: certificates as authorities, sellers and Windows hand them out, good ones and bad ones.
set -e
cd "$1"
names='subjectAltName = DNS:rancher.g2p.test, DNS:*.pilot.g2p.test'

# authority NAME SIGNER: one that may sign others.
authority() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	printf 'basicConstraints = critical, CA:true\nkeyUsage = critical, keyCertSign, cRLSign\n' >"$1.ext"
	if [ "$1" = "$2" ]; then
		openssl x509 -req -in "$1.csr" -signkey "$1.key" -extfile "$1.ext" -days 60 -out "$1.crt" 2>/dev/null
	else
		openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -set_serial 7 -extfile "$1.ext" -days 60 -out "$1.crt" 2>/dev/null
	fi
}

# server NAME EXTENSION DAYS KEY…: signed by the second of two that stand between it and the root.
server() {
	name=$1 extension=$2 days=$3
	shift 3
	openssl req -newkey "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>/dev/null
	printf '%s\nextendedKeyUsage = serverAuth\n' "$extension" >"$name.ext"
	openssl x509 -req -in "$name.csr" -CA second.crt -CAkey second.key -set_serial "0x$(openssl rand -hex 8)" -extfile "$name.ext" -days "$days" -out "$name.crt" 2>/dev/null
}

authority root root
authority first root
authority second first
ec='ec -pkeyopt ec_paramgen_curve:prime256v1'
server rsa "$names" 40 rsa:2048
# shellcheck disable=SC2086
server ec "$names" 40 $ec
# shellcheck disable=SC2086
server narrow 'subjectAltName = DNS:rancher.g2p.test' 40 $ec
# shellcheck disable=SC2086
server ended "$names" 0 $ec

# The root too, and in the wrong order, with the line ends of Windows.
cat root.crt first.crt second.crt ec.crt | sed 's/$/\r/' >bundle.pem
cat second.crt first.crt >chain.pem
openssl pkey -in rsa.key -aes256 -passout pass:'open #"$ me' -out locked.key
openssl x509 -in rsa.crt -outform DER -out rsa.cer
openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7b
openssl pkcs12 -export -in ec.crt -inkey ec.key -certfile chain.pem -passout pass:'open #"$ me' -out new.pfx
openssl pkcs12 -export -legacy -in rsa.crt -inkey rsa.key -certfile chain.pem -passout pass:'open #"$ me' -out old.pfx
