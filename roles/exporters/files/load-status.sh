#!/bin/sh
# load-status.sh PORT FILE: have nginx load FILE, which listens on PORT of the loopback address. Where it does not, FILE
# goes: nginx would not start with it the next time.
set -u
port=$1 file=$2

listens() {
	ss -Hltnp "src 127.0.0.1:$port" | grep -q '"nginx"'
}

take_back() {
	other=$(ss -Hltnp "sport = :$port" | grep -v '"nginx"' | sed 's/.*users:((\("[^"]*"\).*/\1/' | head -n 1)
	rm -f "$file"
	nginx -t -q && systemctl try-reload-or-restart nginx
	echo "nginx does not listen on 127.0.0.1:$port${other:+, which $other has}. $file was taken back, and it serves as before." \
		'See journalctl -u nginx and the error log, choose another exporters_nginx_status_port, and run again.' >&2
	exit 1
}

if ! systemctl --quiet is-active nginx; then
	echo 'nginx does not run: see systemctl status nginx, run the role nginx-rp, and then this one again' >&2
	exit 1
fi
nginx -t -q || take_back
systemctl reload nginx || take_back
for attempt in 1 2 3 4 5 6 7 8 9 10; do
	listens && exit 0
	sleep 0.5
done
take_back
