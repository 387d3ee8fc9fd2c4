#!/bin/sh
# authority.sh ADDRESS: an ACME server (pebble) that looks into a DNS server (BIND) whose zone g2p.test can be changed
# with a key (RFC 2136). Prints the key's secret. The root to trust is /root/pebble/root.crt.
set -e
apt-get install -yq pebble bind9 bind9-dnsutils openssl >/dev/null 2>&1

tsig-keygen -a hmac-sha256 g2p >/etc/bind/g2p.key
chmod 640 /etc/bind/g2p.key && chgrp bind /etc/bind/g2p.key
cat >/etc/bind/named.conf.local <<END
include "/etc/bind/g2p.key";
zone "g2p.test" { type master; file "/var/lib/bind/g2p.test"; allow-update { key g2p; }; };
END
cat >/var/lib/bind/g2p.test <<END
\$TTL 60
@ SOA ns.g2p.test. root.g2p.test. 1 3600 600 86400 60
@ NS ns
ns A $1
END
chown bind:bind /var/lib/bind/g2p.test
systemctl restart named

mkdir -p /root/pebble && cd /root/pebble
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout root.key -out root.crt -subj '/CN=pebble root' -days 30 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout pebble.key -out pebble.csr -subj '/CN=pebble' 2>/dev/null
printf 'subjectAltName = IP:%s' "$1" >pebble.ext
openssl x509 -req -in pebble.csr -CA root.crt -CAkey root.key -CAcreateserial -extfile pebble.ext -days 30 -out pebble.crt 2>/dev/null
cat >pebble.json <<END
{"pebble": {"listenAddress": "0.0.0.0:14000", "managementListenAddress": "0.0.0.0:15000",
  "certificate": "/root/pebble/pebble.crt", "privateKey": "/root/pebble/pebble.key",
  "httpPort": 5002, "tlsPort": 5001, "ocspResponderURL": "", "externalAccountBindingRequired": false}}
END
systemd-run --quiet --unit pebble --setenv PEBBLE_VA_NOSLEEP=1 pebble -config /root/pebble/pebble.json -dnsserver 127.0.0.1:53
sed -n 's/.*secret "\(.*\)";/\1/p' /etc/bind/g2p.key
