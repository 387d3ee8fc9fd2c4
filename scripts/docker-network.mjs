// How the kernel treats what the hosts of labs say to each other. No dependencies.
import { writeFileSync } from 'node:fs';

/**
 * For an engine that is started by hand, on a machine that has labs and nothing else. What stays on one bridge passes
 * the firewall of its hosts and need not pass the machine's too, where each knock of a scan of all ports became a
 * connection to be kept in mind: dockerd asks for all of them whenever a container starts or ends. The same table is
 * gone through, empty or not, whenever a network interface goes; its usual size is for machines that forward the
 * traffic of thousands. What cannot be set stays as it is: it only costs time.
 */
export function spareConnectionTracking() {
	for (const [file, value] of [
		['/proc/sys/net/bridge/bridge-nf-call-iptables', '0'],
		['/proc/sys/net/bridge/bridge-nf-call-ip6tables', '0'],
		['/proc/sys/net/bridge/bridge-nf-call-arptables', '0'],
		['/sys/module/nf_conntrack/parameters/hashsize', '8192'],
	]) {
		try {
			writeFileSync(file, value);
		} catch {}
	}
}
