#!/bin/sh
# Delete Istio's kinds with all that was described with them, and its namespace.
set -u
kube() { timeout 300 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
kinds=$(kube get customresourcedefinitions --output name) || exit 1
kinds=$(printf '%s\n' "$kinds" | grep '\.istio\.io$')
[ -z "$kinds" ] || kube delete $kinds || exit 1
kube delete namespace istio-system --ignore-not-found
