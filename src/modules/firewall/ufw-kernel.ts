import type { Reader, Step } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';

/**
 * What the kernel does, for IPv4 and IPv6: what ufw's files say it should, something else (half loaded, flushed,
 * changed by hand), or nothing, because the firewall is off.
 */
export type KernelState = 'as its files say' | 'not as its files say' | 'off';

/**
 * Asks the kernel. With the firewall on, beside what it would have from ufw's files: they are loaded as the start of
 * the host does it, in a network of its own, which ends at once. Only looks.
 */
export async function readKernel(enabled: boolean, host: Reader): Promise<KernelState> {
	const { code } = await host.read(sh`sh -s ufw ${enabled ? 'on' : 'off'}`.withInput(question), {
		ok: [0, 1],
	});
	return code !== 0 ? 'not as its files say' : enabled ? 'as its files say' : 'off';
}

/** Where somebody may not make a network of his own (a container without the right to), ufw's own word has to do. */
const question = `set -u
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C
rules='for family in iptables ip6tables; do
	echo "$family"
	$family-save -t filter 2>/dev/null | sed -n \\
		-e "s/^\\(:\\(INPUT\\|FORWARD\\|OUTPUT\\) [A-Z]*\\) .*/\\1/p" \\
		-e "/^-A ufw6\\?-/p" \\
		-e "/^-A \\(INPUT\\|FORWARD\\|OUTPUT\\) .*-j ufw6\\?-/p" | sort -s -k 2,2
done'
if [ "$2" = off ]; then
	! sh -c "$rules" | grep -Eq '^:[A-Z]+ DROP|^-A ufw'
	exit
fi

if ! unshare --net --mount true 2>/dev/null; then
	/lib/ufw/ufw-init status >/dev/null 2>&1 || exit 1
	exit 0
fi

# The rules only: sysctls, modules and scripts of the administrator are not for a look. The copy is in memory that
# goes away with the network, however this ends.
should=$(unshare --net --mount sh -c "mount -t tmpfs none /mnt
	mkdir -p /mnt/etc/default
	cp -a /etc/ufw /mnt/etc/ufw
	cp /etc/default/ufw /mnt/etc/default/ufw
	printf '\\nIPT_SYSCTL=\\nIPT_MODULES=\\n' >>/mnt/etc/default/ufw
	chmod -f a-x /mnt/etc/ufw/*.init
	/lib/ufw/ufw-init --datadir /mnt start >/dev/null 2>&1
	$rules")
[ "$(sh -c "$rules")" = "$should" ]
`;

/**
 * Takes ufw's chains, and the jumps to them, out of the kernel, whole in each family; rules and policies of others
 * stay. ufw only adds jumps where its chains are not there, so that chains without jumps would never be mended.
 */
export const emptyKernel = (): Step => ({
	kind: 'script',
	text: `# take ufw's chains out of the kernel
set -eu
PATH=$PATH:/usr/sbin:/sbin
for family in iptables ip6tables; do
	"$family-save" -t filter 2>/dev/null | awk '
		/^:ufw6?-/ { chain = substr($1, 2); empty = empty "-F " chain "\\n"; drop = drop "-X " chain "\\n" }
		/^-A (INPUT|FORWARD|OUTPUT) .*-j ufw6?-/ { sub(/^-A/, "-D"); jumps = jumps $0 "\\n" }
		END { if (drop != "") printf "*filter\\n%s%s%sCOMMIT\\n", jumps, empty, drop }
	' | "$family-restore" --noflush
done
`,
});

/** Loads ufw's files into a kernel that has none of it. */
export const loadKernel = (): Step => sh`/lib/ufw/ufw-init start`;
