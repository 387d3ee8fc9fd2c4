#!/bin/sh
# Load the new configuration. When nginx does not take it, put back what served last, and say so.
set -u
kept=/var/lib/g2pbook/nginx-rp
files='/etc/nginx/conf.d/g2p.conf /etc/nginx/g2p/tls.pem'

workers() {
	pgrep -P "$(cat /run/nginx.pid)" -f 'nginx: worker process$' | sort
}

listens() {
	for socket in '0.0.0.0:80' '[::]:80' '0.0.0.0:443' '[::]:443'; do
		ss -Hltnp | grep -F " $socket " | grep -q '"nginx"' || { echo "nginx does not listen on $socket" >&2 && return 1; }
	done
}

# `systemctl reload` only sends a signal: that the new configuration is loaded shows in new workers.
load() {
	nginx -t -q || return 1
	systemctl --quiet is-active nginx || { systemctl start nginx && listens; return; }
	before=$(workers)
	systemctl reload nginx || return 1
	for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(workers)" = "$before" ] || { listens; return; }
		sleep 0.5
	done
	grep '\[emerg\]' /var/log/nginx/error.log | tail -n 3 >&2
	return 1
}

if load; then
	mkdir -p -m 0700 "$kept"
	cp -p $files "$kept"
	exit 0
fi

if [ -e "$kept/g2p.conf" ]; then
	for file in $files; do
		cp -p "$kept/${file##*/}" "$file.new" && mv "$file.new" "$file"
	done
	if load; then
		echo 'nginx did not take the new configuration. The one that served before is back, and serves.' >&2
	else
		echo 'nginx did not take the new configuration. The one that served before is back, and nginx does not take that one either: what is in its way does not come from this role. What was loaded before goes on serving.' >&2
	fi
else
	echo 'nginx did not take the new configuration, and there is no older one to put back.' >&2
fi

echo 'Look at the lines above, and at: nginx -t; ss -tlnp; journalctl -u nginx. Then run again.' >&2
exit 1
