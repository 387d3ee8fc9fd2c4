#!/bin/sh
# Print what the cluster has of volumes, a fact on each line; nothing where its API does not answer on this host.
#   api
#   class NAME PROVISIONER DEFAULT SERVER SHARE RECLAIM   of each storage class; - where there is none
#   volumes COUNT                                          of the driver
#   claim NAMESPACE/NAME                                   whose these are
set -u
kube() { timeout 60 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
[ "$(kube get --raw /readyz 2>/dev/null)" = ok ] || exit 0
classes=$(kube get storageclasses --output 'go-template={{range .items}}class {{.metadata.name}} {{.provisioner}} {{with .metadata.annotations}}{{or (index . "storageclass.kubernetes.io/is-default-class") "-"}}{{else}}-{{end}} {{with .parameters}}{{or .server "-"}} {{or .share "-"}}{{else}}- -{{end}} {{or .reclaimPolicy "-"}}{{"\n"}}{{end}}') || exit 1
volumes=$(kube get persistentvolumes --output 'go-template={{range .items}}{{if .spec.csi}}{{if eq .spec.csi.driver "nfs.csi.k8s.io"}}claim {{with .spec.claimRef}}{{.namespace}}/{{.name}}{{else}}-{{end}}{{"\n"}}{{end}}{{end}}{{end}}') || exit 1
echo api
printf '%s\n' "$classes" "$volumes" | sed '/^$/d'
