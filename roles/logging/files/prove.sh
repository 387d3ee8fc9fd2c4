#!/bin/sh
# prove.sh NAMESPACE SECONDS: send LINE (a text of JSON) to the gateway as applications do, wait until Loki has it, and fail when any
# of TEXTS, one a line, is still in it.
set -u
space=$1
end=$(($(date +%s) + $2))
kube() { timeout 60 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace "$space" "$@"; }
ask() { curl --silent --show-error --noproxy '*' --connect-timeout 5 --max-time 20 "$@" 2>&1; }
fail() {
	echo "$1" >&2
	exit 1
}
address() {
	found=$(kube get service "$1" --output 'jsonpath={.spec.clusterIP}') || fail "there is no service $1 in $space"
	case $found in *:*) echo "[$found]" ;; *) echo "$found" ;; esac
}

gateway=$(address logging-gateway):4318 || exit 1
loki=$(address loki):3100 || exit 1
# Of letters only: digits might be redacted themselves.
mark=proof-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n' | tr 0-9a-f a-p)
now=$(date +%s)000000000
said=$(printf '%s' "$LINE" | sed "s/^\"/\"$mark /")
attribute() { printf '{"key": "%s", "value": {"stringValue": "%s"}}' "$1" "$2"; }
request=$(
	printf '{"resourceLogs": [{"resource": {"attributes": [%s, %s]}, "scopeLogs": [{"logRecords": [{"timeUnixNano": "%s", "severityNumber": 9, "body": {"stringValue": %s}}]}]}]}' \
		"$(attribute k8s.namespace.name "$space")" "$(attribute k8s.container.name g2pbook-proof)" "$now" "$said"
)

while :; do
	answer=$(printf '%s' "$request" | ask --fail --header 'Content-Type: application/json' --data-binary @- "http://$gateway/v1/logs") && break
	[ "$(date +%s)" -lt "$end" ] || fail "the gateway takes no line in the time that it had ($gateway/v1/logs): $(printf '%s' "$answer" | head -c 300). See: kubectl -n $space logs deployment/logging-gateway"
	sleep 2
done
while :; do
	answer=$(ask --fail --get --data-urlencode "query={namespace=\"$space\",container=\"g2pbook-proof\"} |= \"$mark\"" --data-urlencode "start=$now" \
		--data-urlencode limit=1 "http://$loki/loki/api/v1/query_range") && case $answer in *"$mark"*) break ;; esac
	[ "$(date +%s)" -lt "$end" ] || fail "the gateway took a line, and Loki does not have it in the time that it had ($loki/loki/api/v1/query_range, by namespace and container): $(printf '%s' "$answer" | head -c 300). See: kubectl -n $space logs statefulset/loki"
	sleep 2
done
left=$(printf '%s\n' "$TEXTS" | while IFS= read -r text; do case $answer in *"$text"*) printf '"%s" ' "$text" ;; esac done)
[ -z "$left" ] || fail "Loki has a line in which there still is ${left% }, and logging_proof says that it must not: has logging_redact no pattern for it?"
