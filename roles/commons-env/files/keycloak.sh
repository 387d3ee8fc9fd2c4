#!/bin/sh
# What is asked of, and told to, the Keycloak of an environment, at the address of its service. The first word says what:
#   look NAMESPACE     print what is not as it should be, a line each: `down REASON`, `password` when it goes by another one
#                      than PASSWORD, `open USER` for a user of CLOSED who may log in with the password that everybody knows,
#                      `other URI` for one that a client of the realm staff may be sent to and that is not below DOMAIN; only looks
#   wait NAMESPACE SECONDS     until the realm staff is there
#   password NAMESPACE     have it go by PASSWORD. It goes by what the cluster has in the Secret commons-keycloak
#   close NAMESPACE    let nobody in as a user of CLOSED
# Words that are secret come by the environment, and go to curl by its input.
set -u
verb=$1 namespace=$2
kube() { timeout 20 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
say() { curl --silent --show-error --max-time 20 --write-out '\n%{http_code}' "$@" 2>&1; }
# The last line is the status; what is before it, the answer.
status() { printf '%s\n' "$1" | tail -n 1; }
body() { printf '%s\n' "$1" | sed '$d'; }

# Tries a login in a realm; prints as say does. The form comes by input, each word encoded by jq.
login() {
	printf '%s\n%s' "$2" "$3" | jq -Rjs 'split("\n") | "client_id=admin-cli&grant_type=password&username=\(.[0]|@uri)&password=\(.[1]|@uri)"' |
		say --data-binary @- "$url/realms/$1/protocol/openid-connect/token"
}
# Asks, or tells what comes by input, as the administrator.
as_admin() {
	method=$1 path=$2
	{
		printf 'header = "Authorization: Bearer %s"\n' "$token"
		if [ "$method" != GET ]; then printf 'header = "Content-Type: application/json"\ndata-binary = %s\n' "$(jq -Rs .)"; fi
	} | say --config - --request "$method" "$url/admin/realms/$path"
}

find_service() {
	address=$(kube --namespace "$namespace" get service commons-keycloak --output 'jsonpath={.spec.clusterIP}' 2>&1) ||
		{ echo "down its service is not there: $address"; return 1; }
	case $address in *:*) address="[$address]" ;; esac
	url=http://$address:80
}
up() {
	find_service || return
	answer=$(say "$url/realms/staff/.well-known/openid-configuration")
	case $(status "$answer") in
	200) ;;
	404) echo 'down it has no realm staff yet, which the job commons-keycloak-init makes'; return 1 ;;
	*) echo "down $url answers: $(printf '%s' "$answer" | tr '\n' ' ')"; return 1 ;;
	esac
}
# What the cluster knows it by; nothing when it knows none.
former() { kube --namespace "$namespace" get secret commons-keycloak --output 'jsonpath={.data.admin-password}' 2>/dev/null | base64 -d; }
# With the password that it should have, else with the former one.
enter() {
	answer=$(login master admin "$PASSWORD")
	entered=wanted
	if [ "$(status "$answer")" = 401 ]; then
		known=$(former)
		[ -z "$known" ] || [ "$known" = "$PASSWORD" ] || answer=$(login master admin "$known")
		entered=former
	fi
	[ "$(status "$answer")" = 200 ] || { echo "down it lets the user admin of the realm master in neither with the password of the store, nor with that of the Secret commons-keycloak"; return 1; }
	token=$(body "$answer" | jq -r .access_token)
}
id_of() { body "$(as_admin GET "$1/users?exact=true&username=$2" </dev/null)" | jq -r '.[0] | select(.enabled) | .id'; }
# Where the password is refused, it is another. What else is said is not about it: then it counts whether the user may log in.
is_open() {
	answer=$(login staff "$1" "$1")
	[ "$(status "$answer") $(body "$answer" | jq -r '.error?')" != '401 invalid_grant' ] && [ -n "$(id_of staff "$1")" ]
}
must() { # must STATUS ANSWER WORDS
	[ "$(status "$2")" = "$1" ] || { echo "$3: Keycloak answers $(printf '%s' "$2" | tr '\n' ' ')" >&2; exit 1; }
}

case $verb in
look)
	if ! { up && enter; }; then
		known=$(former)
		[ -z "$known" ] || [ "$known" = "$PASSWORD" ] || echo password
		exit 0
	fi
	[ $entered = wanted ] || echo password
	for user in $CLOSED; do is_open "$user" && echo "open $user"; done
	clients=$(as_admin GET staff/clients </dev/null)
	body "$clients" | jq -r --arg domain "$DOMAIN" '.[].redirectUris[]? | select(test("^https?://")) |
		select((capture("^https?://(?<host>[^/:]+)").host | . == $domain or endswith("." + $domain) or . == "localhost") | not) | "other " + .'
	;;
wait)
	end=$(($(date +%s) + $3))
	until seen=$(up); do
		[ "$(date +%s)" -lt "$end" ] || { echo "after $3 s Keycloak of $namespace does not serve the realm staff: ${seen#down }. Look at: kubectl --namespace $namespace get pods,jobs" >&2; exit 1; }
		sleep 2
	done
	;;
password)
	# In this shell: it has to keep what it learns.
	seen=$(mktemp) || exit
	trap 'rm -f "$seen"' EXIT
	trap 'exit 129' HUP INT TERM PIPE
	if ! { up && enter; } >"$seen"; then
		echo "Keycloak of $namespace has to serve while its administrator gets another password, which is made of commons_env_secret: $(sed 's/^down //' "$seen"). Mend that and run again, or put the former secret back into the store" >&2
		exit 1
	fi
	[ $entered = former ] || exit 0
	id=$(id_of master admin)
	must 204 "$(printf '%s' "$PASSWORD" | jq -Rsc '{type: "password", temporary: false, value: .}' | as_admin PUT "master/users/$id/reset-password")" 'the password of its administrator was not changed'
	# What the cluster knows is written over next.
	{ enter && [ $entered = wanted ]; } || { echo "the password of the administrator of $namespace was changed, and does not hold" >&2; exit 1; }
	;;
close)
	{ up && enter; } || exit 1
	for user in $CLOSED; do
		is_open "$user" || continue
		must 204 "$(echo '{"enabled": false}' | as_admin PUT "staff/users/$(id_of staff "$user")")" "the user $user of the realm staff was not closed"
	done
	;;
esac
