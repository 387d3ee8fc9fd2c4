#!/bin/bash
# look.sh DISK-PERCENT CERTIFICATE-DAYS SNAPSHOT-HOURS CERTIFICATES TIER…: how a host is, a line for each thing: tier, state, what,
# and what there is to say, between tabs. States: `good`; `note`, which can wait; `wrong`, which needs a person. Only looks, and
# waits for nothing for long. Tiers: host (always), proxy (whose certificates are in the folder), database, files, server, agent, backup.
set -uf
cd /
PATH=/var/lib/rancher/rke2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
full=$1 fewest_days=$2 oldest_snapshot=$3 served=$4
shift 4
now=$(date +%s)

say() { printf '%s\t%s\t%s\t%s\n' "$tier" "$1" "$2" "$(printf %s "$3" | tr '\t\n' '  ')"; }
joined() { paste -sd, | sed 's/,/, /g'; }
age() {
	if [ "$1" -lt 5400 ]; then echo "$(($1 / 60)) min"; elif [ "$1" -lt 172800 ]; then echo "$(($1 / 3600)) h"; else echo "$(($1 / 86400)) days"; fi
}

# active UNIT WHAT: what systemd says of it.
active() {
	local state
	state=$(systemctl is-active "$1" 2>/dev/null)
	if [ "$state" = active ]; then say good "$2" 'runs'; else say wrong "$2" "is ${state:-not there} (see: systemctl status $1)"; fi
}

# certificates FILE…: the one that ends first.
certificates() {
	local file end days least='' which=''
	for file; do
		end=$(openssl x509 -noout -enddate -in "$file" 2>/dev/null) || continue
		days=$((($(date -d "${end#*=}" +%s) - now) / 86400))
		[ -n "$least" ] && [ "$days" -ge "$least" ] || least=$days which=$file
	done
	[ -n "$least" ] || return 0
	if [ "$least" -lt 0 ]; then
		say wrong certificates "$which ended $((-least)) days ago"
	elif [ "$least" -lt "$fewest_days" ]; then
		say wrong certificates "$which ends in $least days, and should have been renewed"
	else
		say good certificates "good for $least days"
	fi
}

host() {
	local worst units pending
	worst=$(df -Pl -x tmpfs -x devtmpfs -x overlay -x squashfs 2>/dev/null | awk 'NR > 1 { sub(/%/, "", $5); print $5, $6 }' | sort -rn | head -n 1)
	[ -n "$worst" ] || worst=$(df -P / | awk 'NR > 1 { sub(/%/, "", $5); print $5, $6 }')
	if [ "${worst%% *}" -ge "$full" ]; then say wrong disks "${worst#* } is ${worst%% *} % full"; else say good disks "${worst#* } is ${worst%% *} % full"; fi
	units=$(systemctl list-units --state=failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' | joined)
	if [ -n "$units" ]; then say wrong units "failed: $units (see: systemctl status, journalctl -u)"; else say good units 'none has failed'; fi
	[ ! -e /run/reboot-required ] || say note restart 'packages wait for a restart of the host'
	if ! systemd-detect-virt -cq && [ "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)" = no ]; then
		say wrong clock 'is not set by another clock (see: timedatectl)'
	fi
	if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then
		if iptables -S INPUT 1 2>/dev/null | grep -q . && [ "$(iptables -S INPUT | head -n 1)" = '-P INPUT DROP' ]; then
			say good firewall 'lets nothing in by default (IPv4)'
		else
			say wrong firewall 'is switched on, and the kernel lets everything in: run the playbook again'
		fi
	fi
	pending=$(find /var/lib/g2pbook/pending -type f 2>/dev/null | wc -l)
	[ "$pending" -eq 0 ] || say wrong 'last run' 'was cut off, and something waits to be restarted: run the playbook again'
}

# Addresses that move: whether this host has one, or could.
addresses() {
	local name
	for name in $(awk '/^[^#]/ { print $1 }' /etc/g2pbook/vip/addresses 2>/dev/null | sort -u); do
		case $(/etc/g2pbook/vip/vip look "$name") in
		*'"holds": true'*) say good address "$name: is here" ;;
		*'"serves": true, "runs": true'*) say good address "$name: stands by" ;;
		*) say wrong address "$name: could not be taken over (see: /etc/g2pbook/vip/vip look $name, journalctl -u keepalived)" ;;
		esac
	done
}

proxy() {
	local interface file shown
	active nginx nginx
	set +f
	certificates "$served"/*.crt
	for file in /etc/wireguard/*.conf; do
		grep -qs '^# Written by g2pbook' "$file" || continue
		interface=$(basename "$file" .conf)
		if shown=$(timeout 5 wg show "$interface" latest-handshakes 2>/dev/null); then
			say good WireGuard "$interface: $(printf '%s\n' "$shown" | awk -v now="$now" 'NF == 2 { n++ } NF == 2 && now - $2 < 300 { m++ } END { printf n ? "%d peers, %d of them there in the last 5 minutes" : "nobody may come", n, m }')"
		elif [ -x /etc/g2pbook/vip/proxy.d/50-wireguard ] && /etc/g2pbook/vip/vip settled proxy; then
			say good WireGuard "$interface: stands by, for the address of the proxies is on another one"
		else
			say wrong WireGuard "$interface is not up (see: systemctl status wg-quick@$interface)"
		fi
	done
	set -f
}

# What a cluster says of itself, in one question.
database() {
	local version name port status rest said
	while read -r version name port status rest; do
		[ -n "$version" ] || continue
		if ! said=$(timeout 10 runuser -u postgres -- psql -XAtqF ' ' -p "$port" -d postgres -c "SELECT current_setting('server_version_num')::int / 10000,
			pg_size_pretty(sum(pg_database_size(oid))), (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
			current_setting('max_connections'), current_setting('archive_mode'),
			(SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) FROM pg_stat_archiver),
			(SELECT coalesce(extract(epoch FROM now() - last_archived_time)::int, -1) FROM pg_stat_archiver) FROM pg_database" 2>&1); then
			say wrong PostgreSQL "$version/$name does not answer at port $port: $said (see: systemctl status postgresql@$version-$name)"
			continue
		fi
		# shellcheck disable=SC2086 # words of psql
		set -- $said
		# The size is two words: a number and its unit.
		say good PostgreSQL "$version/$name at port $port: $2 $3, $4 of $5 connections"
		[ "$6" = on ] || continue
		if [ "$7" = t ]; then
			say wrong archive "$version/$name: its log is not taken by the backup host (see: pg_stat_archiver, the log of PostgreSQL)"
		elif [ "$8" -ge 0 ]; then
			say good archive "$version/$name: its log arrived $(age "$8") ago"
		else
			say wrong archive "$version/$name: none of its log has arrived yet"
		fi
	done <<<"$(pg_lsclusters --no-header 2>/dev/null)"
	[ -n "$(pg_lsclusters --no-header 2>/dev/null)" ] || say wrong PostgreSQL 'there is none: run the playbook'
	set +f
	certificates /etc/g2pbook/postgres/*.crt
	set -f
}

files() {
	if timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2049 && printf "\200\0\0\50g2pb\0\0\0\0\0\0\0\2\0\1\206\243\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" >&3 && [ -n "$(head -c 28 <&3 | tr -d "\0")" ]' 2>/dev/null; then
		say good NFS 'answers'
	else
		say wrong NFS 'does not answer (see: systemctl status nfs-server nfs-ganesha)'
	fi
}

kube() { timeout 20 kubectl --kubeconfig=/etc/rancher/rke2/rke2.yaml --cache-dir=/dev/null "$@"; }

nodes() {
	local shown missing cordoned versions
	if ! shown=$(kube get nodes --no-headers -o 'custom-columns=N:.metadata.name,R:.status.conditions[?(@.type=="Ready")].status,V:.status.nodeInfo.kubeletVersion,U:.spec.unschedulable' 2>&1); then
		say wrong Kubernetes "does not answer: $shown (see: journalctl -eu rke2-server)"
		return 1
	fi
	missing=$(printf '%s\n' "$shown" | awk '$2 != "True" { print $1 }' | joined)
	cordoned=$(printf '%s\n' "$shown" | awk '$4 == "true" { print $1 }' | joined)
	versions=$(printf '%s\n' "$shown" | awk '{ print $3 }' | sort -u | joined)
	if [ -n "$missing" ]; then say wrong nodes "not Ready: $missing"; else say good nodes "$(printf '%s\n' "$shown" | awk '{ n++ } END { print n " of " n }') Ready, $versions"; fi
	[ -z "$cordoned" ] || say note nodes "take no new pods: $cordoned (kubectl uncordon, when that was not meant)"
	case $versions in *,*) say wrong versions "nodes run $versions: an upgrade did not come to its end, run the playbook again" ;; esac
}

# How many may go before nothing can be written any more. Each member knows all: the first that answers is believed.
members() {
	local tls=/var/lib/rancher/rke2/server/tls/etcd pod shown voters healthy
	for pod in $(kube -n kube-system get pods -o name 2>/dev/null | sed -n 's|^pod/\(etcd-.*\)|\1|p'); do
		shown=$(kube -n kube-system exec "$pod" -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=$tls/server-ca.crt \
			--cert=$tls/server-client.crt --key=$tls/server-client.key member list 2>/dev/null) && break
	done
	voters=$(printf '%s\n' "${shown:-}" | grep -c ', started, .*, false$')
	if [ "$voters" -eq 0 ]; then
		say wrong etcd 'does not name its members (see: journalctl -eu rke2-server)'
		return
	fi
	healthy=$(kube get nodes -l node-role.kubernetes.io/etcd --no-headers -o 'custom-columns=R:.status.conditions[?(@.type=="Ready")].status' 2>/dev/null | grep -c '^True')
	if [ "$healthy" -lt "$voters" ]; then
		say wrong etcd "$healthy of $voters members are there, it can lose $((healthy - voters / 2 - 1)) more"
	else
		say good etcd "$voters of $voters members are there, it can lose $(((voters - 1) / 2)) of them"
	fi
}

snapshots() {
	local newest
	newest=$(find /var/lib/rancher/rke2/server/db/snapshots -maxdepth 1 -type f -printf '%T@\n' 2>/dev/null | sort -rn | head -n 1)
	newest=${newest%%.*}
	if [ -z "$newest" ]; then
		say note snapshots 'none of etcd yet'
	elif [ $((now - newest)) -gt $((oldest_snapshot * 3600)) ]; then
		say wrong snapshots "the newest of etcd is $(age $((now - newest))) old"
	else
		say good snapshots "the newest of etcd is $(age $((now - newest))) old"
	fi
}

workloads() {
	local shown bad
	if shown=$(kube get secrets -A -l owner=helm -o 'custom-columns=S:.metadata.namespace,N:.metadata.labels.name,V:.metadata.labels.version,W:.metadata.labels.status' --no-headers 2>/dev/null); then
		# The newest revision of each release.
		bad=$(printf '%s\n' "$shown" | awk 'NF == 4 && $3 + 0 >= at[$1 "/" $2] + 0 { at[$1 "/" $2] = $3; is[$1 "/" $2] = $4 } END { for (r in is) if (is[r] != "deployed") print r " is " is[r] }' | sort | joined)
		if [ -n "$bad" ]; then say wrong releases "$bad"; else say good releases "$(printf '%s\n' "$shown" | awk 'NF == 4 { print $1 "/" $2 }' | sort -u | wc -l) of Helm, all deployed"; fi
	fi
	if shown=$(kube get pods -A --no-headers -o 'custom-columns=S:.metadata.namespace,N:.metadata.name,P:.status.phase,R:.status.conditions[?(@.type=="Ready")].status' 2>/dev/null); then
		bad=$(printf '%s\n' "$shown" | awk 'NF == 4 && $3 != "Succeeded" && ($3 != "Running" || $4 != "True") { print $1 "/" $2 }' | sort)
		if [ -z "$bad" ]; then
			say good pods "$(printf '%s\n' "$shown" | grep -c .), all run"
		else
			say wrong pods "$(printf '%s\n' "$bad" | wc -l) do not run: $(printf '%s\n' "$bad" | head -n 5 | joined)"
		fi
	fi
}

server() {
	active rke2-server rke2-server
	if nodes; then
		members
		workloads
	fi
	snapshots
	set +f
	certificates /var/lib/rancher/rke2/server/tls/serving-kube-apiserver.crt /var/lib/rancher/rke2/server/tls/client-*.crt /var/lib/rancher/rke2/agent/*.crt
	set -f
}

agent() {
	active rke2-agent rke2-agent
	set +f
	certificates /var/lib/rancher/rke2/agent/*.crt
	set -f
}

# Each job by itself says more than a person can read when all is well.
backup() {
	local shown job what word good next says unit well=0 coming='' oldest=''
	if [ ! -x /usr/local/lib/g2pbook/backup-status ]; then
		say note copies 'nothing is kept: run backup.yml'
		return
	fi
	shown=$(timeout 20 /usr/local/lib/g2pbook/backup-status)
	while IFS=$'\t' read -r job what word good next says; do
		unit=g2pbook-$what-$job
		[ "$what" != run ] || unit=g2pbook-backup-$job
		case $word in
		'') ;;
		failed | late) say wrong "$job" "$what: $says (see: journalctl -u $unit)" ;;
		waiting) coming="$coming, $what of $job" ;;
		*)
			well=$((well + 1))
			good=$(date -d "$good" +%s 2>/dev/null) || continue
			[ -n "$oldest" ] && [ "$good" -ge "$oldest" ] || oldest=$good
			;;
		esac
	done <<<"$shown"
	[ "$well" -eq 0 ] || say good copies "$well runs and drills are well${oldest:+, the oldest of $(age $((now - oldest))) ago}"
	[ -z "$coming" ] || say note copies "not begun yet: ${coming#, }"
}

for tier in host "$@"; do "$tier"; done
tier=host
addresses
