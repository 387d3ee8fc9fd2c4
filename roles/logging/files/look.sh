#!/bin/sh
# look.sh NAMESPACE: print as JSON what there is: whether the API answers on this host, storage classes, claims of volumes in the
# namespace (NAME|SIZE|CLASS), and which of the patterns in PATTERNS, by name, Go's regular expressions do not know. That is
# asked of helm, which has them, too.
set -u
data=/var/lib/rancher/rke2
kube() { timeout 60 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }

bad_patterns() {
	folder=$(mktemp -d) || exit 1
	trap 'rm -rf "$folder"' EXIT
	trap 'exit 129' HUP INT TERM PIPE
	mkdir "$folder/templates"
	echo '{apiVersion: v2, name: patterns, version: 0.0.1}' >"$folder/Chart.yaml"
	# With an alternative of nothing, whatever can be read at all fits an empty text.
	cat >"$folder/templates/bad.yaml" <<-'END'
		{{- $bad := list }}
		{{- range .Values.redact }}
		{{- if not (regexMatch (printf "%s|" .pattern) "") }}{{ $bad = append $bad .name }}{{ end }}
		{{- end }}
		bad: {{ join "|" $bad | quote }}
	END
	printf '%s' "$PATTERNS" | HELM_CACHE_HOME="$folder" HELM_CONFIG_HOME="$folder" HELM_DATA_HOME="$folder" KUBECONFIG=/dev/null \
		timeout 60 /usr/local/bin/helm template patterns "$folder" --values - | sed -n 's/^bad: "\(.*\)"$/\1/p'
}

bad=
[ ! -x /usr/local/bin/helm ] || bad=$(bad_patterns)
api=false classes='' claims=''
if [ "$(kube get --raw /readyz 2>/dev/null)" = ok ]; then
	api=true
	classes=$(kube get storageclasses --output 'go-template={{range .items}}{{.metadata.name}} {{end}}') || exit 1
	claims=$(kube --namespace "$1" get persistentvolumeclaims --output 'go-template={{range .items}}{{.metadata.name}}|{{.spec.resources.requests.storage}}|{{or .spec.storageClassName "-"}} {{end}}') || exit 1
fi
printf '{"api": %s, "classes": "%s", "claims": "%s", "bad": "%s"}\n' "$api" "$classes" "$claims" "$bad"
