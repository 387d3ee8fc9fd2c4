#!/bin/sh
# What Rancher leaves in a cluster when its chart is taken away. The first word says how much of it goes:
#   webhooks      what the API server would ask it
#   all SECONDS   all that it has kept there: users, projects, settings, namespaces of its own, its kinds. What else has a
#                 home in the cluster stays, and so do the kinds that RKE2 has under the same name. As Rancher's own
#                 rancher/rancher-cleanup does it, bounded in time
# Doing it again goes on where it has ended.
set -u
data=/var/lib/rancher/rke2
kube() { timeout 60 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }

webhooks() {
	kube get mutatingwebhookconfigurations,validatingwebhookconfigurations --output name | grep 'cattle\.io' |
		while read -r hook; do kube delete "$hook" --ignore-not-found >/dev/null || exit 1; done
}

# Nobody is there any more who would take them off, and what has one does not go.
loosen() {
	kube patch "$@" --type merge --patch '{"metadata": {"finalizers": null}}' >/dev/null 2>&1
}

# RKE2 has some under the same name, and backups have theirs.
kinds() { kube get crd --output name | sed 's|.*/||' | grep '\.cattle\.io$' | grep -vE '(^|\.)(helm|k3s|resources)\.cattle\.io$'; }

namespaces() {
	kube get namespaces --output name | sed 's|.*/||' |
		grep -E '^(cattle-(system|impersonation-system|global-data|global-nt|local-user-passwords|fleet-.*|provisioning-capi-system|ui-plugin-system|tokens|oidc-.*|csp-adapter-system|turtles-system|scc-system|capi-system)|cluster-fleet-.*|fleet-(default|local|system)|local)$'
	kube get namespaces --selector cattle.io/creator=norman --output name | sed 's|.*/||' | grep -E '^(local-)?(p|u|user)-[a-z0-9]+$'
}

# Of namespaces that stay: they belonged to a project.
forget_projects() {
	kube get namespaces --output 'jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.finalizers}{"\n"}{end}' | grep 'controller\.cattle\.io' |
		while read -r name _; do loosen namespace "$name"; done
	kube get namespaces --output name | while read -r name; do
		kube annotate "$name" field.cattle.io/projectId- cattle.io/status- lifecycle.cattle.io/create.namespace-auth- >/dev/null 2>&1
		kube label "$name" field.cattle.io/projectId- >/dev/null 2>&1
	done
}

all() {
	end=$(($(date +%s) + $1))
	webhooks
	kube get apiservices --output name | grep -E '\.(ext|management)\.cattle\.io$' | while read -r one; do
		# Those of kinds go with their kinds.
		[ -z "$(kube get "$one" --output 'jsonpath={.spec.service.name}')" ] || kube delete "$one" >/dev/null
	done
	while :; do
		for kind in $(kinds); do
			kube get "$kind" --all-namespaces --output 'jsonpath={range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{"\n"}{end}' 2>/dev/null |
				sed 's/^ /- /' | while read -r namespace name; do
				[ -n "$name" ] || continue
				if [ "$namespace" = - ]; then loosen "$kind" "$name"; else loosen "$kind" "$name" --namespace "$namespace"; fi
			done
			kube delete crd "$kind" --ignore-not-found --wait=false >/dev/null
		done
		for name in $(namespaces); do kube delete namespace "$name" --ignore-not-found --wait=false >/dev/null; done
		forget_projects
		for kind in clusterroles clusterrolebindings; do
			kube delete "$kind" --selector cattle.io/creator=norman --ignore-not-found >/dev/null
		done
		left=$(kinds; namespaces)
		[ -n "$left" ] || break
		[ "$(date +%s)" -lt "$end" ] || {
			echo "these did not go in $1 s: $(printf '%s' "$left" | tr '\n' ' '). See what holds them (kubectl get namespace NAME -o yaml), and run again" >&2
			exit 1
		}
		sleep 2
	done
}

case $1 in
webhooks) webhooks ;;
all) all "$2" ;;
esac
