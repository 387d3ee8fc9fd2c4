#!/bin/sh
# Rancher, asked and told on a server of its cluster. The first word says what:
#   look            print what there is, as JSON; only reads objects of the cluster, and logs in nowhere
#   reach SECONDS   wait until it answers
#   login           print `in` when the password of the store lets in, `out` when it does not
#   password        have the administrator's password be that of the store, whatever it was, and note that it was proven
#   prove SECONDS   see that Rancher, once it answers, says of itself what it was told
#   restart SECONDS its pods anew, and those of the cluster's agent
# It is asked on the address of its service, with the authority that it has made for itself. What is secret comes by the
# environment, and goes to curl by its input.
set -u
data=/var/lib/rancher/rke2
space=cattle-system
kept=cattle-local-user-passwords
note=g2pbook.openg2p.org/proven
token=

kube() { timeout 60 "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
fail() {
	echo "$1" >&2
	exit 1
}

# Of the administrator whom Rancher has made at first. Nothing where there is none, or no Rancher.
administrator() {
	kube get users.management.cattle.io --selector authz.management.cattle.io/bootstrapping=admin-user \
		--output 'jsonpath={.items[0].metadata.name}' 2>/dev/null
}

# It changes with what Rancher keeps of the password (HASH), and with the password of the store.
mark_of() { printf '%s %s' "$1" "$MARK" | sha256sum | cut -c 1-16; }
hash_of() { kube --namespace "$kept" get secret "$1" --ignore-not-found --output 'jsonpath={.data.password}{.data.salt}'; }

is_proven() {
	user=$(administrator)
	[ -n "$user" ] || return 1
	noted=$(kube --namespace "$kept" get secret "$user" --ignore-not-found \
		--output 'jsonpath={.metadata.annotations.g2pbook\.openg2p\.org/proven} {.data.password}{.data.salt}' 2>/dev/null)
	[ -n "${noted%% *}" ] && [ "${noted%% *}" = "$(mark_of "${noted#* }")" ]
}

yes_if() { if "$@" >/dev/null 2>&1; then echo true; else echo false; fi; }
has_kind() { printf '%s\n' "$kinds" | grep -q "/$1\$"; }
has_thing() { printf '%s\n' "$things" | grep -q "^$1 "; }
has_webhooks() { kube get mutatingwebhookconfigurations,validatingwebhookconfigurations --output name 2>/dev/null | grep -q 'cattle\.io'; }
has_any() { [ -n "$(kube get "$@" --output name 2>/dev/null)" ]; }

# Half of what there is would be taken for all of it.
gone() { fail 'the API server of the cluster answered, and did not go on answering: run again'; }

# Few questions: each starts a program that is large. Kinds by their names: all of them are megabytes.
look() {
	if kinds=$(kube get customresourcedefinitions virtualservices.networking.istio.io helmchartconfigs.helm.cattle.io \
		users.management.cattle.io settings.management.cattle.io --ignore-not-found --output name 2>/dev/null); then api=true; else api=false; fi
	things=$(kube --namespace "$space" get deployment/rancher poddisruptionbudget/rancher --ignore-not-found \
		--output 'jsonpath={range .items[*]}{.kind} {.metadata.labels.chart}{"\n"}{end}' 2>/dev/null) || [ "$api" = false ] || gone
	dns=
	if has_kind helmchartconfigs.helm.cattle.io; then
		dns=$(kube --namespace kube-system get helmchartconfigs.helm.cattle.io rke2-coredns --ignore-not-found \
			--output 'jsonpath={.kind} {.metadata.labels.g2pbook\.openg2p\.org/role}' 2>/dev/null) || gone
	fi
	case $dns in '') dns=none ;; *' rancher') dns=ours ;; *) dns=other ;; esac
	printf '{"api": %s, "installed": "%s", "istio": %s, "proven": %s, "webhooks": %s, "kept": %s, "budget": %s, "dns": "%s"}\n' \
		"$api" "$(printf '%s\n' "$things" | sed -n 's/^Deployment rancher-//p')" "$(yes_if has_kind virtualservices.networking.istio.io)" \
		"$(if has_kind users.management.cattle.io; then yes_if is_proven; else echo false; fi)" "$(if [ "$1" = absent ]; then yes_if has_webhooks; else echo false; fi)" \
		"$(yes_if has_kind settings.management.cattle.io)" "$(yes_if has_thing PodDisruptionBudget)" "$dns"
}

# Where it answers with a certificate of its own authority: since 2.14 that is a service by itself.
find_address() {
	found=$(kube --namespace "$space" get service/rancher-internal service/rancher secret/tls-rancher-internal-ca --ignore-not-found \
		--output 'jsonpath={range .items[*]}{.metadata.name} {.spec.clusterIP}{.data.tls\.crt}{"\n"}{end}')
	address=$(printf '%s\n' "$found" | sed -n 's/^rancher-internal //p; s/^rancher //p' | sed -n 1p)
	case $address in *:*) address=[$address] ;; esac
	authority=$(printf '%s\n' "$found" | sed -n 's/^tls-rancher-internal-ca //p' | base64 -d)
	[ -n "$address" ] && [ -n "$authority" ]
}

# METHOD PATH [BODY]: what it answers goes to $answer, and its code to $status, 000 where there is no answer.
ask() {
	header=${token:+header = \"Authorization: Bearer $token\"}
	answer=$(printf '%s' "${3-}" | curl --silent --show-error --noproxy '*' --connect-timeout 10 --max-time 60 --request "$1" \
		--header 'Content-Type: application/json' --header 'Accept: application/json' --data-binary @- \
		--cacert /dev/fd/4 --config /dev/fd/3 --write-out '\n%{http_code}\n' "https://$address$2" 2>&1 3<<-CONFIG 4<<-AUTHORITY
			$header
		CONFIG
			$authority
		AUTHORITY
	)
	status=$(printf '%s\n' "$answer" | grep -E '^[0-9]{3}$' | tail -n 1)
	answer=$(printf '%s\n' "$answer" | grep -vE '^[0-9]{3}$')
	status=${status:-000}
}

need_address() {
	find_address || fail "Rancher has no address yet (kubectl -n $space get services,secrets): is it installed, and do its pods run?"
}

# What is neither yes nor no: whoever does not answer has refused nobody.
no_answer() {
	fail "Rancher does not answer as it should on $address: $1 got $status $(printf '%s' "$answer" | tr '\n' ' ' | cut -c 1-300). See: kubectl -n $space logs deployment/rancher"
}

reach() {
	end=$(($(date +%s) + $1)) status=000 answer='it has no address' address='the address of its service'
	while :; do
		if find_address; then
			ask GET /ping
			[ "$status" = 200 ] && [ "$answer" = pong ] && break
		fi
		[ "$(date +%s)" -lt "$end" ] || no_answer "/ping, for $1 s,"
		sleep 2
	done
	# It answers before it has made its administrator, which it notes there, and its cluster.
	while ! kube --namespace "$space" get configmap/admincreated clusters.management.cattle.io/local >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || fail "Rancher answers, and has made no administrator and no cluster of its own in $1 s. See: kubectl -n $space logs deployment/rancher"
		sleep 2
	done
}

# With the words of a login; whether it lets in. The newer way first.
login() {
	token=
	ask POST /v1-public/login "$1"
	[ "$status" != 404 ] || ask POST '/v3-public/localProviders/local?action=login' "$1"
	case $status in
	201) token=$(printf '%s' "$answer" | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p') ;;
	401 | 403) return 1 ;;
	*) no_answer 'a login' ;;
	esac
	[ -n "$token" ] || no_answer 'a login'
}

# A login that is over is none that somebody could take.
logout() {
	[ -n "$token" ] || return 0
	ask POST '/v3/tokens?action=logout' '{}'
	token=
}
trap logout EXIT

change() {
	ask POST '/v3/users?action=changepassword' "$1"
	case $status in
	20*) logout ;;
	*) no_answer 'a new password' ;;
	esac
}

# The command that Rancher has for who cannot log in any more: it prints a password by chance.
given_back() {
	pod=$(kube --namespace "$space" get pods --selector app=rancher --field-selector status.phase=Running --output 'jsonpath={.items[0].metadata.name}')
	[ -n "$pod" ] || fail "Rancher has no pod that runs: kubectl -n $space get pods"
	command=reset-password
	[ -n "$(administrator)" ] || command=ensure-default-admin
	printed=$(kube --namespace "$space" exec "$pod" --container rancher -- "$command" 2>/dev/null) ||
		fail "the administrator's password could not be reset. See by hand why: kubectl -n $space exec $pod -c rancher -- $command"
	printf '%s\n' "$printed" | tail -n 1 | tr -d '\r'
}

password() {
	if ! login "$LOGIN"; then
		if login "$FIRST_LOGIN"; then
			change "$CHANGE_FIRST"
		else
			now=$(given_back) || exit 1
			login "{\"type\": \"localProvider\", \"username\": \"admin\", \"password\": \"$now\", \"responseType\": \"json\"}" ||
				fail 'Rancher has reset the password of its default administrator, and does not let in who is called admin with it: was that user renamed, or disabled?'
			change "{\"currentPassword\": \"$now\", \"newPassword\": $NEW}"
		fi
		login "$LOGIN" || fail 'Rancher says that it has taken the password of the store, and does not let in who has it'
	fi
	logout
	user=$(administrator)
	kube --namespace "$kept" annotate --overwrite secret "$user" "$note=$(mark_of "$(hash_of "$user")")" >/dev/null || exit 1
}

# NAME WANTED PATTERN
same() {
	found=$(printf '%s' "$answer" | sed -n "s/.*\"$3\": *\"\([^\"]*\)\".*/\1/p")
	[ "$status" = 200 ] || no_answer "$1"
	[ "$found" = "$2" ] || fail "Rancher says that its $1 is \"$found\", and it was told \"$2\": somebody changes it back, or Rancher does not take it (CATTLE_… in rancher_values decides over a setting)"
}

prove() {
	login "$LOGIN" || fail 'Rancher does not let in its user admin with the password of the store, which was proven and is still what Rancher keeps: was that user renamed, or disabled? See: kubectl get users.management.cattle.io -o yaml'
	ask GET /v3/settings/server-url
	same server-url "$URL" value
	ask GET /v3/clusters/local
	same 'cluster local' "$CLUSTER_NAME" name
	logout
	! login "$FIRST_LOGIN" || fail 'Rancher lets in who has the password that it was first started with, which anybody finds in the cluster'
}

restart() {
	for deployment in rancher cattle-cluster-agent; do
		has_any deployments --namespace "$space" --field-selector "metadata.name=$deployment" || continue
		kube --namespace "$space" rollout restart deployment "$deployment" >/dev/null || exit 1
		timeout "$1" "$data/bin/kubectl" --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null --namespace "$space" \
			rollout status deployment "$deployment" >/dev/null || fail "$deployment did not come up in $1 s: kubectl -n $space get pods"
	done
	reach "$1"
}

case $1 in
look) look "$2" ;;
reach) reach "$2" ;;
restart) restart "$2" ;;
login)
	need_address
	if login "$LOGIN"; then echo in; else echo out; fi
	;;
password)
	need_address
	password
	;;
prove)
	reach "$2"
	prove
	;;
esac
