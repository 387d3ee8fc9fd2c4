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

kube get --raw /readyz >/dev/null 2>&1 || exit 0
echo cluster
[ ! -x /usr/local/bin/helm ] || echo helm
kube get customresourcedefinitions --output name 2>/dev/null |
	sed -n 's,.*/\(gateways\.networking\.istio\.io\|projects\.management\.cattle\.io\)$,kind \1,p'
kube get namespaces --output 'go-template={{range .items}}namespace {{.metadata.name}} {{with .metadata.labels}}{{or (index . "g2pbook.openg2p.org/environment") "-"}}{{else}}-{{end}} {{.status.phase}}{{"\n"}}{{end}}'
kube get persistentvolumeclaims --all-namespaces --output 'go-template={{range .items}}claim {{.metadata.namespace}} {{.metadata.name}}{{"\n"}}{{end}}'
[ ! -x /usr/local/bin/helm ] ||
	KUBECACHEDIR=/dev/null /usr/local/bin/helm --kubeconfig /etc/rancher/rke2/rke2.yaml list --all-namespaces --deployed --output json |
	sed 's/},{/}\n{/g' | sed -n 's/.*"name":"\([^"]*\)","namespace":"\([^"]*\)".*"chart":"\([^"]*\)".*/release \2 \1 \3/p'
# The first address of a node's part of the network of pods is its own there.
kube get nodes --output 'go-template={{range .items}}{{range .status.addresses}}{{if eq .type "InternalIP"}}node {{.address}}{{"\n"}}{{end}}{{end}}{{range .spec.podCIDRs}}node {{.}}{{"\n"}}{{end}}{{end}}' |
	sed 's,/.*,,; /:/s,$,/128,; /:/!s,$,/32,' | sort -u
