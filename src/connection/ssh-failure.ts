import { Unreachable } from '../errors.ts';

const remedies: readonly (readonly [RegExp, (where: string) => string, string])[] = [
	[
		/ECONNREFUSED/,
		(where) => `nothing listens at ${where}`,
		'is sshd running there, and are address and port (ansible_host, ansible_port) right?',
	],
	[
		/ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME/,
		(where) => `the name of ${where} cannot be resolved`,
		'set ansible_host to an address, or look at DNS and ~/.ssh/config',
	],
	[
		/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/,
		(where) => `there is no route to ${where}`,
		'is the host up, and the network or VPN to it?',
	],
	[
		/ETIMEDOUT|timed out/i,
		(where) => `${where} did not answer in time`,
		'is the host up, and does a firewall let SSH through? ansible_timeout sets the seconds',
	],
	[
		/no matching/i,
		(where) => `${where} offers only algorithms that are too weak or too slow`,
		'ansible_connection: openssh uses the ssh program of this machine instead',
	],
	[
		/ECONNRESET|EPIPE|socket|closed|handshake|before the connection|lost/i,
		(where) => `${where} closed the connection before it was ready`,
		'its sshd may limit new connections (MaxStartups), or no SSH server is behind that port',
	],
];

/** What sshd says before it hangs up (its source, `drop_connection`), what to do, and whether it may be over in a moment. */
const refusals: readonly (readonly [pattern: RegExp, hint: string, passes: boolean])[] = [
	[
		/^Not allowed at this time/,
		'its sshd shuts out an address for a while after logins that failed (PerSourcePenalties in sshd_config): wait a minute, and look at user and key before the next try',
		true,
	],
	[
		/^Exceeded MaxStartups/,
		'too many logins there have begun and not ended (MaxStartups in sshd_config): run again, and look for who knocks there',
		true,
	],
	[/^/, 'what answers behind that port is no SSH server: is the port (ansible_port) right?', false],
];

/**
 * What a failure to connect means, and what to do.
 * @param said what the other side said in clear text before it hung up
 */
export function sshFailure(name: string, where: string, error: unknown, said = ''): Unreachable {
	if (error instanceof Unreachable) {
		return error;
	}

	if (said !== '') {
		const [, hint, passes] = refusals.find(([pattern]) => pattern.test(said)) ?? [];
		const message = `${name}: ${where} closed the connection and said "${said}"`;
		// Without a cause it is not transient.
		return new Unreachable(message, { hint, cause: passes ? error : undefined });
	}

	const text = textOf(error);
	for (const [pattern, message, hint] of remedies) {
		if (pattern.test(text)) {
			return new Unreachable(`${name}: ${message(where)} (${text})`, { hint, cause: error });
		}
	}

	return new Unreachable(`${name}: ${where}: ${text}`, { cause: error });
}

function textOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}

	const code = 'code' in error ? String(error.code) : '';
	return error.message.includes(code) ? error.message : `${code} ${error.message}`;
}

/** Whether the same may well work in a moment. */
export const isTransient = (error: unknown): boolean =>
	error instanceof Unreachable &&
	error.cause instanceof Error &&
	/ECONNRESET|lost before handshake|EAI_AGAIN/.test(
		`${'code' in error.cause ? error.cause.code : ''} ${error.cause.message}`,
	);
