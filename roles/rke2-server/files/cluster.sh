#!/bin/sh
# What a server that stays is asked to see, or to do, about another node. The first word says what:
#   may-go NODE KIND VERSION SECONDS   whether the cluster can do without it for a while, once it has VERSION; waits so long
#                                      for the others to be well. Only looks
#   member NODE    take it out of etcd, and see that it is; for an agent there is nothing to do
#   node NODE      forget the node, and the password under which only this host could come back
#   known NODE SECONDS   print `no`, `gone` when a node of this name does not answer, or `alive` when it still does after that time
# Doing it again does nothing.
set -u
verb=$1 node=$2
shift 2
data=/var/lib/rancher/rke2
tls=$data/server/tls/etcd

kube() { timeout 30 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
etcd() {
	kube --namespace kube-system exec "etcd-$(sed -n 's/^node-name: *//p' /etc/rancher/rke2/config.yaml)" -- etcdctl \
		--endpoints https://127.0.0.1:2379 --cacert "$tls/server-ca.crt" --cert "$tls/server-client.crt" \
		--key "$tls/server-client.key" "$@" 2>&1
}

# A line for each thing that is not well; nothing when it may go.
amiss() {
	kind=$1 version=$2
	nodes=$(kube get nodes --no-headers --output 'custom-columns=N:.metadata.name,R:.status.conditions[?(@.type=="Ready")].status' 2>&1) ||
		{ echo "the API server does not name its nodes: $nodes"; return; }
	printf '%s\n' "$nodes" | awk -v own="$node" '$1 != own && $2 != "True" { print "the node " $1 " is not Ready" }'
	if [ "$kind" = agent ]; then
		serves=$(kube version --output json 2>/dev/null | tr -d '\n' | sed 's/.*"serverVersion"//; s/.*"gitVersion": *"\([^"]*\)".*/\1/')
		newest=$(printf '%s\n%s\n' "$serves" "$version" | sort -V | tail -n 1)
		[ "$newest" = "$serves" ] || echo "the servers run $serves, and an agent must not be newer: upgrade them first"
		return
	fi
	members=$(etcd member list) || { echo "etcd does not name its members: $members"; return; }
	all=$(printf '%s\n' "$members" | grep -c ', false$')
	printf '%s\n' "$members" | grep -q ', true$' && echo 'a member of etcd still learns'
	alarms=$(etcd alarm list)
	[ -z "$alarms" ] || echo "etcd raises an alarm: $alarms"
	# One by itself has nobody to miss it.
	[ "$all" -gt 1 ] || return
	healthy=$(etcd endpoint health --cluster | grep -c 'is healthy')
	[ $((healthy - 1)) -ge $((all / 2 + 1)) ] ||
		echo "of $all members of etcd $healthy are healthy: with one less the cluster would stand still"
}

may_go() {
	end=$(($(date +%s) + $3))
	while found=$(amiss "$1" "$2") && [ -n "$found" ]; do
		if [ "$(date +%s)" -ge "$end" ]; then
			{
				echo "$node was not taken out of the cluster, since the cluster is not well without it:"
				printf '%s\n' "$found" | sed 's/^/  /'
				echo 'Mend that (kubectl get nodes, on a server), and run again.'
			} >&2
			exit 1
		fi
		sleep 3
	done
}

# Whichever part of its name is by chance. An etcd that does not answer does not say that it is gone.
is_member() {
	members=$(etcd member list) || return 0
	printf '%s\n' "$members" | grep -q ", $node-[0-9a-f]*, "
}

member() {
	is_member || return 0
	# The way that RKE2 has for it: the controller on the servers removes the member, and the node stays until it is stopped.
	kube annotate --overwrite node "$node" etcd.rke2.cattle.io/remove=true >/dev/null || exit 1
	end=$(($(date +%s) + 120))
	while is_member; do
		[ "$(date +%s)" -lt "$end" ] || {
			echo "etcd still has $node as a member after 120 s, although its removal was asked for (annotation etcd.rke2.cattle.io/remove); it says: $members. Look at the journal of rke2-server on this host, and run again" >&2
			exit 1
		}
		sleep 2
	done
}

known() {
	end=$(($(date +%s) + $1))
	while :; do
		state=$(kube get node "$node" --ignore-not-found --output 'jsonpath={.metadata.name} {.status.conditions[?(@.type=="Ready")].status}') || exit 1
		case $state in
		'') echo no; break ;;
		*' True') ;;
		*) echo gone; break ;;
		esac
		# A host that has just been made anew is taken for its predecessor, until the cluster misses that one.
		[ "$(date +%s)" -lt "$end" ] || { echo alive; break; }
		sleep 3
	done
}

case $verb in
may-go) may_go "$@" ;;
member) member ;;
known) known "$@" ;;
node)
	kube delete node "$node" --ignore-not-found --timeout 25s >/dev/null || exit 1
	kube --namespace kube-system delete secret "$node.node-password.rke2" --ignore-not-found >/dev/null
	;;
esac
