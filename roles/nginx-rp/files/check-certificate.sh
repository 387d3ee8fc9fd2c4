#!/bin/sh
# check-certificate.sh FOLDER NAME…: tells all that is wrong with FOLDER/tls.crt and FOLDER/tls.key for these names.
folder=$1
shift
certificate=$folder/tls.crt
key=$folder/tls.key
problems=0

problem() {
	echo "$1" >&2
	problems=1
}

finish() {
	[ "$problems" = 0 ] && exit 0
	echo "nothing was changed, nginx goes on with the certificate that it has: correct the files and run again" >&2
	exit 1
}

for file in "$certificate" "$key"; do
	[ -s "$file" ] || problem "there is no $file: put it there (PEM), or set nginx_rp_certificate to local-ca"
done
[ "$problems" = 0 ] || finish

# A check of a fresh host may come before openssl; the run looks again.
command -v openssl >/dev/null || exit 0

openssl x509 -in "$certificate" -noout 2>/dev/null ||
	problem "$certificate is no certificate in PEM form (-----BEGIN CERTIFICATE-----): convert it first, a PFX with openssl pkcs12"
openssl pkey -in "$key" -noout -passin pass: 2>/dev/null ||
	problem "$key is no private key in PEM form without a password: take the password off with openssl pkey"
[ "$problems" = 0 ] || finish

[ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout -passin pass:)" ] ||
	problem "$key does not belong to the first certificate in $certificate: the server's own comes first, then its chain"
openssl x509 -in "$certificate" -noout -checkend 0 >/dev/null ||
	problem "$certificate has ended: $(openssl x509 -in "$certificate" -noout -enddate)"
for name; do
	# What stands for a whole level is tried with one name of it.
	openssl x509 -in "$certificate" -noout -checkhost "$(echo "$name" | sed 's/^\*/any/')" | grep -q 'does match' ||
		problem "$certificate does not stand for $name: ask for one that names it"
done
finish
