import { holdsAddress } from './canonical-address.ts';
import type { SshPeer } from './ssh-peers.ts';
import { holdsPort, type UfwRule } from './ufw-rule.ts';

/** The first of them that a firewall with these rules would not let in. */
export const lockedOut = (
	peers: readonly SshPeer[],
	rules: readonly UfwRule[],
	incoming: string,
): SshPeer | undefined => peers.find((peer) => !isLetIn(peer, rules, incoming));

// The first rule that fits decides. A rule for one interface counts when it lets in, since nobody knows here
// where a connection arrives; so a lock-out may be missed there, but nothing harmless is refused.
function isLetIn(peer: SshPeer, rules: readonly UfwRule[], incoming: string): boolean {
	const decisive = rules.find((rule) => {
		const opens = rule.action === 'allow' || rule.action === 'limit';
		return (
			!rule.route &&
			rule.direction === 'in' &&
			(rule.proto === 'any' || rule.proto === 'tcp') &&
			rule.fromPort === 'any' &&
			holdsPort(rule.toPort, peer.port) &&
			(peer.address === undefined ? opens || rule.from === 'any' : holdsAddress(rule.from, peer.address)) &&
			(opens || (rule.interfaceIn === undefined && rule.to === 'any'))
		);
	});
	return decisive === undefined
		? incoming === 'allow'
		: decisive.action === 'allow' || decisive.action === 'limit';
}
