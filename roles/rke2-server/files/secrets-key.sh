#!/bin/sh
# The keys by which Secrets are encrypted in etcd, on a server that runs. KEY is the site's word for those that it wants. What
# has been done for it is noted on the namespace kube-system and on the node of each server. The first word says what to do:
#   rotate SECONDS   have RKE2 encrypt every Secret with a new key, and wait until it has; what has begun is gone on with
#   found            note KEY for the key that a new cluster was made with
#   leave            see that no Secret needs a key that this server is about to forget. Only looks
#   follow NODE      wait until this server reads with the key of KEY, see that every Secret has it, and note that; with
#                    a second word until all servers have the same
set -u
data=/var/lib/rancher/rke2
tls=$data/server/tls/etcd
note=g2pbook.openg2p.org/secrets-key
# A Secret that was written with the key of KEY, by whose bytes the others are judged. There is nothing secret in it.
probe=g2pbook-secrets-key

# Two minutes, since all Secrets are looked through.
kube() { timeout 120 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace kube-system "$@"; }
etcd() {
	kube exec "etcd-$(sed -n 's/^node-name: *//p' /etc/rancher/rke2/config.yaml)" -- etcdctl --endpoints https://127.0.0.1:2379 \
		--cacert "$tls/server-ca.crt" --cert "$tls/server-client.crt" --key "$tls/server-client.key" "$@"
}
refuse() { printf '%s\n' "$1" >&2; exit 1; }

see() {
	state=$(timeout 60 rke2 secrets-encrypt status --output json 2>&1 | tr -d '\n\t')
	stage=$(printf '%s' "$state" | sed -n 's/.*"stage": *"\([^"]*\)".*/\1/p')
	# Before its name stands its type.
	key=$(printf '%s' "$state" | sed -n 's/.*"activekey": *"\([^"]* \)\{0,1\}\([^"]*\)".*/\2/p')
	case $state in *'"inactivekeys"'*) more=yes ;; *) more=no ;; esac
}
goes_on() { case $stage in reencrypt_request | reencrypt_active) ;; *) false ;; esac; }

rotate() {
	begun=$(kube get namespace kube-system --output 'jsonpath={.metadata.annotations.g2pbook\.openg2p\.org/secrets-key-begun}') || exit 1
	see
	[ -n "$key" ] || refuse "RKE2 does not say by which key it encrypts: $state"
	case $begun in
	"$KEY "*) before=${begun#* } ;;
	*)
		before=$key
		kube annotate --overwrite namespace kube-system "$note-begun=$KEY $before" >/dev/null || exit 1
		;;
	esac
	end=$(($(date +%s) + $1)) said=
	# The command may give up before the server has done it: what counts is what that says afterwards.
	[ "$key" != "$before" ] || goes_on || { said=$(timeout 300 rke2 secrets-encrypt rotate-keys </dev/null 2>&1) || said="It said: $said"; }
	while see && ! { [ "$stage" = reencrypt_finished ] && [ "$key" != "$before" ] && [ "$more" = no ]; }; do
		if [ -n "$stage" ] && ! goes_on; then
			[ "$key" != "$before" ] || refuse "RKE2 has not begun with a new key, and Secrets have the one of before ($before, stage $stage). $said"
			refuse "RKE2 has stopped between two keys (stage $stage, $key for new Secrets), as when a server ends meanwhile. Nothing is lost as long as nobody deletes /var/lib/rancher/rke2/server/cred. README.md of the role, Another key for Secrets, has the way on"
		fi
		[ "$(date +%s)" -lt "$end" ] || refuse "Secrets are not all encrypted with a new key after $1 s (rke2_server_ready_seconds): stage ${stage:-not told: $state}. Running again waits on; do not restart the server meanwhile"
		sleep 2
	done
	found
}

# By the API server that has the new key: this one.
try_key() { kube create secret generic "$probe" --from-literal="word=$KEY" >/dev/null; }

found() {
	kube delete secret "$probe" --ignore-not-found >/dev/null && try_key &&
		kube annotate --overwrite namespace kube-system "$note=$KEY" "$note-begun-" >/dev/null || exit 1
}

# The Secrets whose bytes in etcd begin otherwise than those of the probe.
others() {
	etcd get --prefix /registry/secrets/ --write-out fields | cut -c1-300 | awk -v probe="/registry/secrets/kube-system/$probe" '
		BEGIN {
			day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
			begin = "^\"k8s:enc:[a-z]*:v1:[a-z]*(-" day "(Z|[-+][0-9][0-9]:[0-9][0-9]))?:"
		}
		$1 == "\"Key\"" { name = substr($3, 2, length($3) - 2) }
		$1 == "\"Value\"" {
			split($3, parts, /\\/)
			# k8s:enc:PROVIDER:v1:NAME OF THE KEY: and then bytes, which may look like more of the name.
			begins[name] = match(parts[1], begin) ? substr(parts[1], 1, RLENGTH) : "nothing"
		}
		END {
			if (!(probe in begins) || begins[probe] == "nothing") { print "the Secret " probe " is not there, or not encrypted"; exit }
			for (name in begins) if (begins[name] != begins[probe]) print substr(name, length("/registry/secrets/") + 1)
		}' | sort
}

leave() {
	found=$(others | head -n 20 | tr '\n' ' ')
	[ -z "$found" ] || refuse "These Secrets were written with the key of before while it was changed, and only a server that was not restarted since reads them: $found. Nothing was restarted. Copy each from there (kubectl get secret --output yaml), delete it there, create it on a server that has the new key, and run again"
}

follow() {
	end=$(($(date +%s) + 150))
	until word=$(kube get secret "$probe" --ignore-not-found --output 'jsonpath={.data.word}' 2>&1) && [ "$(printf '%s' "$word" | base64 -d 2>/dev/null)" = "$KEY" ]; do
		# Somebody has deleted it.
		[ -n "$word" ] || try_key
		[ "$(date +%s)" -lt "$end" ] || refuse "the API server on $1 does not read a Secret that has the key of $KEY: $word. Look at the journal of rke2-server, and run again"
		sleep 2
	done
	wrong=$(others | head -n 20 | tr '\n' ' ')
	[ -z "$wrong" ] || refuse "not every Secret is encrypted with the key of $KEY, and these may not read any more: $wrong. The snapshot before-secrets-key has them as they were"
	while [ $# -gt 1 ] && ! rke2 secrets-encrypt status --output json 2>/dev/null | grep -q '"hashmatch": *true'; do
		[ "$(date +%s)" -lt "$end" ] || refuse "servers still have different keys after all were restarted: $(rke2 secrets-encrypt status 2>&1 | grep -i hash)"
		sleep 2
	done
	kube annotate --overwrite node "$1" "$note=$KEY" >/dev/null
}

verb=$1
shift
"$verb" "$@"
