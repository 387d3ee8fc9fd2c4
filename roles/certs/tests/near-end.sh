#!/bin/sh
# near-end.sh: give the certificate of the local authority twenty days, and let the timer's unit see it.
set -e
cd /etc/g2pbook/tls/local-ca
openssl x509 -x509toreq -in tls.crt -signkey tls.key -copy_extensions copyall -out request 2>/dev/null
openssl x509 -req -in request -CA ca.crt -CAkey ca.key -set_serial 5 -days 20 -copy_extensions copyall -out tls.crt 2>/dev/null
rm request
cp tls.crt ../tls.crt
systemctl start g2pbook-certs.service || { journalctl --no-pager -u g2pbook-certs >&2; exit 1; }
