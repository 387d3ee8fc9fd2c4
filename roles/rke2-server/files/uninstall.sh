#!/bin/sh
# Take RKE2 off this host. The word `keep` leaves what a cluster can be had back from (/var/lib/rancher/rke2/server and
# the settings), `all` leaves nothing.
set -u
what=$1
for unit in rke2-server rke2-agent; do
	systemctl disable "$unit" 2>/dev/null
done
if [ "$what" = all ]; then
	[ ! -x /usr/local/bin/rke2-uninstall.sh ] || /usr/local/bin/rke2-uninstall.sh || exit 1
	rm -rf /etc/rancher/rke2 /etc/rancher/node /var/lib/rancher/rke2 /var/lib/g2pbook/rke2-server
	rmdir /etc/rancher /var/lib/rancher 2>/dev/null
else
	[ ! -x /usr/local/bin/rke2-killall.sh ] || /usr/local/bin/rke2-killall.sh || exit 1
	rm -rf /var/lib/rancher/rke2/agent /var/lib/rancher/rke2/data /var/lib/rancher/rke2/bin /usr/local/share/rke2
	rm -f /usr/local/lib/systemd/system/rke2-*
	# Last: it is what says that there is something to do.
	rm -f /usr/local/bin/rke2-killall.sh /usr/local/bin/rke2-uninstall.sh /usr/local/bin/rke2
fi
rm -rf /etc/systemd/system/rke2-server.service.d /etc/systemd/system/rke2-agent.service.d /run/g2pbook/rke2-settings
systemctl daemon-reload
