#!/bin/sh
# What is asked of, and told to, the cluster's monitoring. The first word says what:
#   look             print a line of JSON: {api, classes, password}. password is `none` where there is no Grafana of ours,
#                    `silent` where it does not answer, else whose it goes by: the `wanted` one of PASSWORD, the `former` one
#                    that the cluster has in its Secret, or some `other`
#   password         have it go by PASSWORD instead of the former one
#   prove SECONDS    that it lets in who has PASSWORD, and nobody without one
# What is secret comes by the environment, and goes to curl by its input. Each login is ended at once.
set -u
space=cattle-monitoring-system
kube() { timeout 60 /var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null "$@"; }
fail() {
	echo "$1" >&2
	exit 1
}
# METHOD PATH [WORDS]: its answer with the headers, and the code alone in the last line; 000 where there is none. A session
# that is open goes along.
ask() {
	said=$(
		{
			printf 'header = "Content-Type: application/json"\n'
			[ -z "${session-}" ] || printf 'header = "Cookie: grafana_session=%s"\n' "$session"
			[ -z "${3-}" ] || printf 'data-binary = "%s"\n' "$(printf '%s' "$3" | sed 's/[\\"]/\\&/g')"
		} | curl --silent --show-error --noproxy '*' --connect-timeout 5 --max-time 20 --include --config - \
			--write-out '\n%{http_code}\n' --request "$1" "http://$address:80$2" 2>&1
	)
	status=$(printf '%s\n' "$said" | tail -n 1)
}
find_grafana() {
	address=$(kube --namespace "$space" get service rancher-monitoring-grafana --output 'jsonpath={.spec.clusterIP}' 2>/dev/null)
	case $address in *:*) address="[$address]" ;; esac
	[ -n "$address" ]
}
# With words of a login: 0 when it lets in, 1 when it refuses, 2 when it says something else, or nothing.
login() {
	session=
	ask POST /login "$1"
	case $status in
	200) session=$(printf '%s\n' "$said" | tr -d '\r' | sed -n 's/^[Ss]et-[Cc]ookie: grafana_session=\([^;]*\).*/\1/p') ;;
	401) return 1 ;;
	*) return 2 ;;
	esac
}
logout() {
	[ -n "${session-}" ] || return 0
	ask GET /logout
	session=
}
trap logout EXIT

former() { kube --namespace "$space" get secret g2pbook-grafana --output 'jsonpath={.data.admin-password}' 2>/dev/null | base64 -d; }
login_of_former() { printf '{"user": "admin", "password": "%s"}' "$(former | sed 's/[\\"]/\\&/g')"; }

whose() {
	# On another volume it begins anew, with the password that it is told.
	if ! find_grafana || ! kube --namespace "$space" get persistentvolumeclaim g2pbook-grafana >/dev/null 2>&1; then
		echo none
		return
	fi
	login "$LOGIN"
	case $? in
	0) echo wanted ;;
	2) echo silent ;;
	1)
		login "$(login_of_former)"
		case $? in 0) echo former ;; 1) echo other ;; 2) echo silent ;; esac
		;;
	esac
	logout
}

case $1 in
look)
	if [ "$(kube get --raw /readyz 2>/dev/null)" != ok ]; then
		echo '{"api": false, "classes": [], "password": "none"}'
		exit
	fi
	classes=$(kube get storageclasses --output 'jsonpath={range .items[*]}, "{.metadata.name}"{end}') || exit 1
	printf '{"api": true, "classes": [%s], "password": "%s"}\n' "${classes#, }" "$(whose)"
	;;
password)
	find_grafana && login "$(login_of_former)" || fail 'Grafana no longer lets in who has the password that the cluster knows'
	old=$(former | sed 's/[\\"]/\\&/g') new=$(printf '%s' "$PASSWORD" | sed 's/[\\"]/\\&/g')
	ask PUT /api/user/password "{\"oldPassword\": \"$old\", \"newPassword\": \"$new\", \"confirmNew\": \"$new\"}"
	[ "$status" = 200 ] || fail "Grafana does not take the password of the store ($status): $(printf '%s\n' "$said" | tail -n 2 | head -n 1)"
	;;
prove)
	end=$(($(date +%s) + $2)) code=2
	while :; do
		if find_grafana; then
			login "$LOGIN"
			code=$?
			[ "$code" = 2 ] || break
		else
			status=000 said='it has no address'
		fi
		[ "$(date +%s)" -lt "$end" ] ||
			fail "Grafana does not answer as it should: a login got $status for $2 s. See: kubectl -n $space logs deployment/rancher-monitoring-grafana -c grafana"
		sleep 2
	done
	[ "$code" = 0 ] || fail 'Grafana does not let in its user admin with the password of the store: its volume is of before, or somebody has changed it. The next run says what to do'
	logout
	ask GET /api/user
	[ "$status" = 401 ] || fail "Grafana answers who has not logged in (/api/user: $status): something in monitoring_values opens it (grafana.ini, auth.anonymous or auth.proxy)"
	;;
esac
