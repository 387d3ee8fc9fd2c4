#!/bin/sh
# The token of the cluster, with which it also seals its authorities in etcd. The word says what to do, on a server that runs:
#   look     print whether they are sealed with the token that MARK stands for, yes or no; only looks
#   change   have NOW in the place of BEFORE
set -u
data=/var/lib/rancher/rke2
tls=$data/server/tls/etcd

# The name under which they lie is made of the token.
sealed() {
	names=$(timeout 30 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace kube-system \
		exec "etcd-$(sed -n 's/^node-name: *//p' /etc/rancher/rke2/config.yaml)" -- etcdctl --endpoints https://127.0.0.1:2379 \
		--cacert "$tls/server-ca.crt" --cert "$tls/server-client.crt" --key "$tls/server-client.key" \
		get --prefix --keys-only /bootstrap/) || exit 1
	[ -n "$names" ] || { echo 'etcd has nothing that is sealed with the token: is this a server of RKE2?' >&2; exit 1; }
	case $names in *"/bootstrap/$MARK"*) echo yes ;; *) echo no ;; esac
}

case $1 in
look) sealed ;;
change)
	# RKE2 has no other way to take the new one than a word of its command line.
	RKE2_TOKEN=$BEFORE timeout 120 rke2 token rotate --new-token "$NOW" || exit 1
	[ "$(sealed)" = yes ] || { echo 'RKE2 says that it has another token now, and what it keeps in etcd is sealed with the one of before. Look at the journal of rke2-server, and run again' >&2; exit 1; }
	;;
esac
