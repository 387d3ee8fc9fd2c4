#!/bin/sh
# Jobs of a release. The first word says what:
#   look NAMESPACE RELEASE     print the names of those that have ended, well or not; only looks
#   clear NAMESPACE RELEASE    remove these: the cluster never changes a job, and helm makes anew what is gone
set -u
kube() { timeout 60 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace "$namespace" "$@"; }
verb=$1 namespace=$2 release=$3

ended() {
	jobs=$(kube get jobs --output 'go-template={{range .items}}{{$name := .metadata.name}}{{with .metadata.annotations}}{{$of := index . "meta.helm.sh/release-name"}}{{$name}} {{$of}}{{end}}{{range .status.conditions}}{{if and (eq .status "True") (or (eq .type "Complete") (eq .type "Failed"))}} ended{{end}}{{end}}{{"\n"}}{{end}}') || exit
	printf '%s\n' "$jobs" | awk -v of="$release" '$2 == of && $3 == "ended" { print $1 }'
}

case $verb in
look) ended ;;
clear)
	names=$(ended) || exit
	for name in $names; do kube delete job "$name" --ignore-not-found || exit; done
	;;
esac
