#!/bin/sh
# What there is of the cluster for environments, a line each; nothing when it does not answer here. Only looks.
#   cluster                          it answers
#   helm                             helm is on this host
#   kind RESOURCE.GROUP              a kind that matters is known
#   namespace NAME ENVIRONMENT PHASE     `-` for one that is of no environment
#   node NETWORK                     an address that a node has, with /32 or /128
#   release NAMESPACE NAME CHART     a release that is as it was wanted; CHART with its version
#   claim NAMESPACE NAME             a claim for a volume in an environment
set -u
kube() { timeout 20 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }

# Half of what there is would be taken for all of it: policies without the nodes, an environment without its project.
gone() { echo 'the API server of the cluster answered, and did not go on answering: run again' >&2; exit 1; }

# Few questions: each starts a program that is large. Kinds by their names: all of them are megabytes.
kinds=$(kube get customresourcedefinitions gateways.networking.istio.io projects.management.cattle.io --ignore-not-found --output name 2>/dev/null) || exit 0
echo cluster
[ ! -x /usr/local/bin/helm ] || echo helm
printf '%s\n' "$kinds" | sed -n 's,.*/\(.*\),kind \1,p'
# The first address of a node's part of the network of pods is its own there.
things=$(kube get namespaces,persistentvolumeclaims,nodes --all-namespaces --output 'go-template={{range .items}}{{if eq .kind "Namespace"
	}}namespace {{.metadata.name}} {{with .metadata.labels}}{{or (index . "g2pbook.openg2p.org/environment") "-"}}{{else}}-{{end}} {{.status.phase}}{{"\n"}}{{
	else if eq .kind "Node"}}{{range .status.addresses}}{{if eq .type "InternalIP"}}node {{.address}}{{"\n"}}{{end}}{{end}}{{range .spec.podCIDRs}}node {{.}}{{"\n"}}{{end}}{{
	else}}claim {{.metadata.namespace}} {{.metadata.name}}{{"\n"}}{{end}}{{end}}') || gone
printf '%s\n' "$things" | sed '/^node /{s,/.*,,; /:/s,$,/128,; /:/!s,$,/32,}' | sort -u
[ -x /usr/local/bin/helm ] || exit 0
releases=$(KUBECACHEDIR=/dev/null /usr/local/bin/helm --kubeconfig /etc/rancher/rke2/rke2.yaml list --all-namespaces --deployed --output json) || gone
printf '%s\n' "$releases" | sed 's/},{/}\n{/g' | sed -n 's/.*"name":"\([^"]*\)","namespace":"\([^"]*\)".*"chart":"\([^"]*\)".*/release \2 \1 \3/p'
