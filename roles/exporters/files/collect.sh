#!/bin/bash
# Written by g2pbook, role exporters: changes made here by hand are lost at the next run.
# exporters-collect PART…: write what no exporter tells for the node exporter, which reads files *.prom. Each part is
# `wireguard`, `nginx`, `postgres=PORT`, `nfs` or `backups`. What does not answer is 0; nothing here waits for long.
set -u
umask 022
export LC_ALL=C
folder=/var/lib/prometheus/node-exporter
new=$folder/g2pbook.prom.new

described() {
	echo "# HELP $1 $2"
	echo "# TYPE $1 gauge"
}

metric() {
	echo "$1${3:+{$3\}} $2"
}

# By the name that the inventory gave it; its key is nobody's business.
wireguard() {
	for file in /etc/wireguard/*.conf; do
		grep -qs '^# Written by g2pbook, role wireguard' "$file" || continue
		interface=$(basename "$file" .conf)
		# Where it goes with an address, it is up where that is: both say so by the same exit code.
		! { [ -x /etc/g2pbook/vip/proxy.d/50-wireguard ] && /etc/g2pbook/vip/proxy.d/50-wireguard given $(awk '$1 == "proxy" { print $2 }' /etc/g2pbook/vip/addresses) &&
			/etc/g2pbook/vip/vip settled proxy; } 2>/dev/null || continue
		if ! handshakes=$(timeout 5 wg show "$interface" latest-handshakes 2>/dev/null); then
			metric g2pbook_wireguard_up 0 "interface=\"$interface\""
			continue
		fi
		metric g2pbook_wireguard_up 1 "interface=\"$interface\""
		echo "$handshakes" | awk -v interface="$interface" '
			NR == FNR && /^# / { name = $2; sub(/,$/, "", name) }
			NR == FNR && /^PublicKey = / { names[$3] = name }
			NR == FNR || NF < 2 { next }
			$1 in names {
				printf "g2pbook_wireguard_last_handshake_timestamp_seconds{interface=\"%s\",peer=\"%s\"} %s\n", interface, names[$1], $2
				next
			}
			{ unknown++ }
			END { printf "g2pbook_wireguard_unknown_peers{interface=\"%s\"} %d\n", interface, unknown }
		' "$file" -
	done
}

# certificate SERVICE NAME ADDRESS:PORT WORD…: what is served, not what a file says.
certificate() {
	local labels="service=\"$1\",name=\"$2\",address=\"$3\"" address=$3 end
	shift 3
	end=$(timeout 5 openssl s_client -connect "$address" "$@" </dev/null 2>/dev/null | openssl x509 -noout -enddate 2>/dev/null)
	if [ -z "$end" ]; then
		metric g2pbook_certificate_served 0 "$labels"
		return
	fi
	metric g2pbook_certificate_served 1 "$labels"
	metric g2pbook_certificate_end_timestamp_seconds "$(date -d "${end#*=}" +%s)" "$labels"
}

# Names of servers that speak TLS, each with an address at which nginx takes it.
served_names() {
	cat /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | sed 's/^[ \t]*#.*//' | awk '
		/^[ \t]*server[ \t]*\{/ { inside = 1; depth = 0; at = ""; names = "" }
		inside && $1 == "listen" && / ssl[ ;]/ && at == "" {
			at = $2
			sub(/;$/, "", at)
			if (at !~ /:/) at = "127.0.0.1:" at
			sub(/^(\[::\]|\*|0\.0\.0\.0):/, "127.0.0.1:", at)
		}
		inside && $1 == "server_name" { for (i = 2; i <= NF; i++) { sub(/;$/, "", $i); names = names " " $i } }
		inside {
			line = $0
			depth += gsub(/\{/, "", line) - gsub(/\}/, "", line)
			if (depth > 0) next
			inside = 0
			count = split(names, list, " ")
			for (i = 1; at != "" && i <= count; i++) if (list[i] ~ /^(\*\.)?[A-Za-z0-9.-]+$/) print at, list[i]
		}
	' | sort -u
}

nginx() {
	served_names | while read -r address name; do
		# Of a star any name will do.
		certificate nginx "$name" "$address" -servername "${name/#\*/g2pbook}"
	done
}

postgres() {
	certificate postgres "$(uname -n)" "127.0.0.1:$1" -starttls postgres
}

# The call of NFS 4 that does nothing (RFC 5531, 7530): whoever answers it serves.
nfs_answers() {
	[ "$(timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2049 &&
		printf "\200\0\0\50g2pb\0\0\0\0\0\0\0\2\0\1\206\243\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" >&3 &&
		head -c 28 <&3' 2>/dev/null | od -An -v -tx1 | tr -d ' \n')" = 800000186732706200000001$(printf %032d 0) ]
}

nfs() {
	local exports shown id path
	if nfs_answers; then metric g2pbook_nfs_answers 1; else metric g2pbook_nfs_answers 0; fi
	if grep -qs '^# Written by g2pbook, role nfs' /etc/ganesha/ganesha.conf; then
		exports=$(awk '$1 == "Export_Id" { id = $3 } $1 == "Path" { print id, $3 }' /etc/ganesha/ganesha.conf | tr -d ';')
		shown=" $(timeout 5 dbus-send --system --print-reply --dest=org.ganesha.nfsd /org/ganesha/nfsd/ExportMgr \
			org.ganesha.nfsd.exportmgr.ShowExports 2>/dev/null | sed -n 's/^ *uint16 //p' | tr '\n' ' ')"
	else
		exports=$(awk '!/^#/ && NF { print $1, $1 }' /etc/exports.d/g2p.exports 2>/dev/null | sort -u)
		shown=" $(awk '{ print $1 }' /var/lib/nfs/etab 2>/dev/null | tr '\n' ' ')"
	fi
	while read -r id path; do
		[ -n "$path" ] || continue
		case $shown in
		*" $id "*) metric g2pbook_nfs_export_served 1 "path=\"$path\"" ;;
		*) metric g2pbook_nfs_export_served 0 "path=\"$path\"" ;;
		esac
	done <<<"$exports"
}

# Whatever makes a backup touches a file of its name when that has succeeded.
backups() {
	local file name
	for file in /var/lib/g2pbook/backups/*; do
		name=${file##*/}
		[[ -f $file && $name =~ ^[A-Za-z0-9._-]+$ ]] || continue
		metric g2pbook_backup_last_success_timestamp_seconds "$(stat -c %Y "$file")" "name=\"$name\""
	done
}

{
	described g2pbook_wireguard_up 'Whether the tunnel runs.'
	described g2pbook_wireguard_last_handshake_timestamp_seconds 'When a peer has last shaken hands, 0 for never.'
	described g2pbook_wireguard_unknown_peers 'Peers of the running tunnel that its configuration does not have.'
	described g2pbook_certificate_served 'Whether a certificate was served when asked for on this host.'
	described g2pbook_certificate_end_timestamp_seconds 'When the certificate that is served ends.'
	described g2pbook_nfs_answers 'Whether the NFS server answers a call.'
	described g2pbook_nfs_export_served 'Whether the server has an export that its configuration has.'
	described g2pbook_backup_last_success_timestamp_seconds 'When a backup has last succeeded.'
	described g2pbook_exporters_last_run_timestamp_seconds 'When this was collected.'
	for part; do
		"${part%%=*}" "${part#*=}"
	done
	metric g2pbook_exporters_last_run_timestamp_seconds "$(date +%s)"
} >"$new" && mv "$new" "$folder/g2pbook.prom"
