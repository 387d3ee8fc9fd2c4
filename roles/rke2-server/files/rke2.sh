#!/bin/sh
# What there is of RKE2 on this host, and how far it has come. The first word says what to do:
#   look KIND NODE ADDRESS…       print as JSON what there is here, and which clusters answer at the addresses; only looks.
#                                 SECRETS_KEY is the word for the keys of Secrets that are wanted, or empty
#   start KIND NODE VERSION SECONDS     start it, and wait until it is ready
#   restart KIND NODE VERSION SECONDS   the same when it runs already
#   wait KIND NODE VERSION SECONDS      only wait
#   readmit KIND NODE SECONDS           start it, and let every node come under its name again
# Waiting ends with what was waited for, what was seen, and where to look further.
set -u
verb=$1 kind=$2 node=$3
shift 3
unit=rke2-$kind
etc=/etc/rancher/rke2
data=/var/lib/rancher/rke2
case $kind in
server) authority=$data/server/tls/server-ca.crt kubeconfig=$etc/rke2.yaml ;;
agent) authority=$data/agent/server-ca.crt kubeconfig=$data/agent/kubelet.kubeconfig ;;
esac

kube() { timeout 10 "$data/bin/kubectl" --kubeconfig "$kubeconfig" --cache-dir /dev/null "$@"; }
active() { systemctl is-active "$1" 2>/dev/null; }
sum() { sha256sum | cut -c1-64; }

# The authority that a server at an address shows; nothing when nobody answers, or nothing here can ask.
shown_by() {
	{ curl --silent --fail --insecure --max-time 5 "https://$1:9345/cacerts" ||
		wget --quiet --no-check-certificate --timeout=5 --tries=1 --output-document=- "https://$1:9345/cacerts"; } 2>/dev/null
}

# How far it has come: prints the first step that is not done, and what is seen of it; nothing when it is ready.
missing_step() {
	state=$(active "$unit")
	[ "$state" = active ] || { echo "the unit $unit to be active: it is ${state:-not there}"; return; }
	if [ "$kind" = server ]; then
		[ -n "$(shown_by 127.0.0.1)" ] || { echo 'an answer on port 9345: there is none'; return; }
		seen=$(kube get --raw '/readyz?verbose' 2>&1) ||
			{ echo "the API server to be ready: $(printf '%s\n' "$seen" | grep -v '^\[+\]' | head -n 3 | tr '\n' ' ')"; return; }
	fi
	seen=$(kube get node "$node" --output 'jsonpath={.status.nodeInfo.kubeletVersion} {range .status.conditions[?(@.type=="Ready")]}{.lastHeartbeatTime} {.status} {.message}{end}' 2>&1) ||
		{ echo "the node $node to be known: $(printf '%s\n' "$seen" | tail -n 1)"; return; }
	told=${seen#* }
	case $told in
	*' True '*) ;;
	*) echo "the node $node to be Ready: its kubelet says ${told#* }"; return ;;
	esac
	# A kubelet tells its status when it starts: what is older is the word of the one that was there before.
	[ "$(date -d "${told%% *}" +%s)" -ge "$(date -d "$(started)" +%s)" ] ||
		{ echo "the node $node to be Ready: its kubelet has said nothing since it was started"; return; }
	[ -z "$1" ] || [ "${seen%% *}" = "$1" ] || { echo "the node $node to run $1: it runs ${seen%% *}"; return; }
	[ "$kind" = agent ] || member_missing
}

# Of etcd: a full member by the name of this node. A learner does not count for anything yet.
member_missing() {
	tls=$data/server/tls/etcd
	seen=$(kube --namespace kube-system exec "etcd-$node" -- etcdctl --endpoints https://127.0.0.1:2379 \
		--cacert "$tls/server-ca.crt" --cert "$tls/server-client.crt" --key "$tls/server-client.key" member list 2>&1) ||
		{ echo "etcd to name its members: $(printf '%s\n' "$seen" | tail -n 1)"; return; }
	seen=$(printf '%s\n' "$seen" | grep ", $node-[0-9a-f]*, ")
	case $seen in
	*', started, '*', false') ;;
	'') echo "etcd to have $node as a member: it has not" ;;
	*) echo "etcd to have $node as a full member: it is one that learns, or has not started" ;;
	esac
}

version_of() { "$1" --version 2>/dev/null | sed -n 's/^rke2 version \([^ ]*\).*/\1/p'; }
started() { TZ=UTC systemctl show --property ExecMainStartTimestamp --value "$unit"; }
running_pid() { systemctl show --property MainPID --value "$unit" 2>/dev/null; }
# Of our own file, in which each of these is a line.
setting() { sed -n "s/^$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$etc/config.yaml" 2>/dev/null; }
text() { printf '"%s"' "$(printf '%s' "$1" | tr -d '"\\\n\t')"; }
yes_if() { "$@" >/dev/null 2>&1 && echo true || echo false; }
# With what it would start, and with what the running one was started (the unit writes that down). Of tokens the part that is
# the same in their short and their long form.
wanted_settings() {
	{ cat "$etc/config.yaml" "$etc"/config.yaml.d/*.yaml "$etc/registries.yaml"; sed 's/.*://' "$etc/token" "$etc/agent-token"; } 2>/dev/null | sum
}

# Whether a certificate ends within 60 days. RKE2 makes new ones when it starts, and one that is not restarted for a year
# would end with them. The first of each kind: the others were made with them, or later.
ends_soon() {
	command -v openssl >/dev/null || return 1
	for certificate in "$data/server/tls/client-admin.crt" "$data/server/tls/serving-kube-apiserver.crt" \
		"$data/agent/client-kubelet.crt" "$data/agent/serving-kubelet.crt"; do
		[ ! -e "$certificate" ] || openssl x509 -noout -checkend 5184000 -in "$certificate" || return 0
	done
	return 1
}

# Of the keys of Secrets what is noted, by the cluster and by this node; and where they are, when that is not what is wanted.
secrets_keys() {
	noted= begun= own= state=
	if [ "$kind" = server ] && [ "$1" = active ] && [ -n "${SECRETS_KEY:-}" ]; then
		# What cannot be asked is not changed: no answer must not begin a rotation.
		words=$(kube get namespace/kube-system "node/$node" --ignore-not-found --output \
			'jsonpath={range .items[*]}{.metadata.annotations.g2pbook\.openg2p\.org/secrets-key}|{.metadata.annotations.g2pbook\.openg2p\.org/secrets-key-begun}|{end}' 2>/dev/null) ||
			words="$SECRETS_KEY||$SECRETS_KEY|"
		IFS='|' read -r noted begun own rest <<-END
			$words
		END
		[ "$noted" = "$SECRETS_KEY" ] || state=$(timeout 60 /usr/local/bin/rke2 secrets-encrypt status --output json 2>/dev/null | tr -d '\n\t')
	fi
	stage=$(printf '%s' "$state" | sed -n 's/.*"stage": *"\([^"]*\)".*/\1/p')
	# Before its name stands its type.
	key=$(printf '%s' "$state" | sed -n 's/.*"activekey": *"\([^"]* \)\{0,1\}\([^"]*\)".*/\2/p')
	printf ' "keys": {"noted": %s, "begun": %s, "before": %s, "own": %s, "stage": %s, "active": %s, "more": %s, "match": %s},' \
		"$(text "$noted")" "$(text "${begun%% *}")" "$(text "${begun##* }")" "$(text "$own")" "$(text "$stage")" "$(text "$key")" \
		"$(case $state in *'"inactivekeys"'*) echo true ;; *) echo false ;; esac)" \
		"$(printf '%s' "$state" | grep -q '"hashmatch": *true' && echo true || echo false)"
}

look() {
	pid=$(running_pid)
	other=rke2-$([ "$kind" = server ] && echo agent || echo server)
	case $kind in
	server) belongs=$data/server/db/etcd/member ;;
	agent) belongs=$data/agent/client-kubelet.crt ;;
	esac
	state=$(active "$unit")
	# What takes its time is asked side by side, and noted where a full disk is in nobody's way.
	beside=$(mktemp -d /run/g2pbook-look.XXXXXX) || exit
	trap 'rm -rf "$beside"' EXIT
	trap 'exit 129' HUP INT TERM PIPE
	version_of /usr/local/bin/rke2 >"$beside/installed" &
	[ "${pid:-0}" = 0 ] || version_of "/proc/$pid/exe" >"$beside/running" &
	secrets_keys "$state" >"$beside/keys" &
	[ "$state" != active ] ||
		kube get node "$node" --output 'jsonpath={.spec.unschedulable}/{.metadata.labels.g2pbook\.openg2p\.org/emptied}' >"$beside/closed" 2>/dev/null &
	step=
	case $state in active | activating) step=$(missing_step '') ;; esac
	wait
	closed=$(cat "$beside/closed" 2>/dev/null)
	printf '{"data": %s, "authority": %s, "unit": %s, "enabled": %s, "other": %s,' \
		"$(yes_if test -e "$belongs")" "$(text "$([ ! -e "$authority" ] || sum <"$authority")")" \
		"$(text "$state")" "$(yes_if systemctl is-enabled --quiet "$unit")" \
		"$(yes_if systemctl is-active --quiet "$other")"
	printf ' "installed": %s, "running": %s, "stale": %s, "step": %s,' \
		"$(text "$(cat "$beside/installed")")" \
		"$(text "$(cat "$beside/running" 2>/dev/null)")" \
		"$(yes_if test "$(wanted_settings)" != "$(cat /run/g2pbook/rke2-settings 2>/dev/null)")" "$(text "$step")"
	printf ' "images": %s, "ends_soon": %s,' "$(text "$(cat "$data/agent/images.g2pbook" 2>/dev/null)")" "$(yes_if ends_soon)"
	printf ' "restoring": %s,' "$(text "$(cat /var/lib/g2pbook/rke2-server/restoring 2>/dev/null)")"
	cat "$beside/keys"
	printf ' "closed": %s, "emptied": %s,' "$(yes_if test "${closed%/*}" = true)" "$(yes_if test "${closed#*/}" = upgrade)"
	printf ' "node_name": %s, "node_ip": %s, "pods": %s, "services": %s, "join": %s, "token": %s, "answers": [' \
		"$(text "$(setting node-name)")" "$(text "$(setting node-ip)")" "$(text "$(setting cluster-cidr)")" \
		"$(text "$(setting service-cidr)")" "$(yes_if test -e "$etc/config.yaml.d/10-join.yaml")" \
		"$(text "$([ ! -e "$data/server/token" ] || sed 's/.*:://; s/^server://' "$data/server/token" | tr -d '\n' | sum)")"
	comma=
	for address; do
		shown=$(shown_by "$address")
		[ -z "$shown" ] || { printf '%s{"address": %s, "authority": %s}' "$comma" "$(text "$address")" "$(text "$(printf '%s\n' "$shown" | sum)")"; comma=', '; }
	done
	echo ']}'
}

# Until it is ready. A program that ends again and again is not waited for until the last second.
until_ready() {
	version=$1 seconds=$2
	end=$(($(date +%s) + seconds))
	starts=$(systemctl show --property NRestarts --value "$unit")
	while step=$(missing_step "$version") && [ -n "$step" ]; do
		again=$(($(systemctl show --property NRestarts --value "$unit") - starts))
		[ "$again" -lt 5 ] || { tell_failure "the program has ended $again times since it was started"; return 1; }
		[ "$(date +%s)" -lt "$end" ] || { tell_failure "$seconds s are over (rke2_server_ready_seconds)"; return 1; }
		sleep 2
	done
}

# Of a snapshot, the passwords by which hosts keep their names are of another time, and hosts may have been made anew.
readmit() {
	systemctl start --no-block "$unit" || return 1
	step='the API server to be ready'
	end=$(($(date +%s) + $1))
	until kube get --raw /readyz >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || { tell_failure "$1 s are over (rke2_server_ready_seconds)"; return 1; }
		sleep 1
	done
	kube --namespace kube-system get secrets --output name | grep '\.node-password\.rke2$' |
		xargs -r timeout 60 "$data/bin/kubectl" --kubeconfig "$kubeconfig" --cache-dir /dev/null --namespace kube-system delete >/dev/null
}

tell_failure() {
	{
		echo "RKE2 on $node is not ready: $1."
		echo "It was waiting for $step."
		echo "The last lines of its journal:"
		journalctl --unit "$unit" --lines 8 --no-pager --output cat 2>/dev/null | cut -c1-300 | sed 's/^/  /'
		echo "More: journalctl -eu $unit on $node. Running again goes on from here."
	} >&2
}

case $verb in
look) look "$@" ;;
wait) until_ready "$@" ;;
readmit) readmit "$@" ;;
start | restart)
	systemctl reset-failed "$unit" 2>/dev/null
	# Without waiting for the unit: a server that joins may take its time, and only until_ready says what it waits for.
	systemctl "$verb" --no-block "$unit" || exit 1
	# So that the old one is not taken for the new one.
	for second in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(active "$unit")" != active ] || [ "$(systemctl show --property Job --value "$unit")" != '' ] || break
		sleep 1
	done
	until_ready "$@"
	;;
esac
