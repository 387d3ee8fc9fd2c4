#!/bin/sh
# Pods read their passwords when they start. The first word says what:
#   look NAMESPACE     print `KIND/NAME` of what runs pods that are older than a Secret of the environment that they read; only looks
#   restart NAMESPACE SECONDS     have these start anew, and wait for them
set -u
verb=$1 namespace=$2
kube() { timeout 30 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace "$namespace" "$@"; }

stale() {
	# An answer that does not come is none that says that nothing is stale.
	secrets=$(kube get secrets --selector "g2pbook.openg2p.org/environment=$namespace" --show-managed-fields --output json) || exit
	pods=$(kube get pods,replicasets --output json) || exit
	printf '%s\n' "$secrets" "$pods" | jq -rs '
		(.[0].items | map({key: .metadata.name, value: ([.metadata.managedFields[].time] | max)}) | from_entries) as $written
		| (.[1].items | map(select(.kind == "ReplicaSet") | {key: .metadata.name, value: .metadata.ownerReferences[0]?}) | from_entries) as $sets
		| .[1].items[] | select(.kind == "Pod" and .status.phase == "Running") | .metadata.creationTimestamp as $made
		| select([.spec | .. | objects | (.secretKeyRef.name?, .secretRef.name?, .secretName?) | strings | $written[.] | strings | select(. > $made)] | any)
		| .metadata.ownerReferences[0]? | select(. != null) | if .kind == "ReplicaSet" then $sets[.name] else . end
		| select(.kind == "Deployment" or .kind == "StatefulSet" or .kind == "DaemonSet") | (.kind | ascii_downcase) + "/" + .name' | sort -u
}

case $verb in
look) stale ;;
restart)
	found=$(stale) || exit
	for one in $found; do kube rollout restart "$one" >/dev/null || exit; done
	for one in $found; do
		timeout "$3" /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace "$namespace" \
			rollout status "$one" >/dev/null || { echo "$one of $namespace is not up $3 s after it was started anew: kubectl --namespace $namespace describe pods" >&2; exit 1; }
	done
	;;
esac
