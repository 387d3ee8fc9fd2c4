import { UserError } from '../errors.ts';

/** One file that could not be had. The others are none the worse for it. */
export class NotHad extends UserError {
	override readonly name = 'NotHad';
}

/** What an error says, and what was behind it: fetch keeps the cause to itself. */
export function whyOf(error: unknown): string {
	const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
	if (!(cause instanceof Error)) {
		return message;
	}

	// Of several addresses that all refuse there is no message.
	const behind = cause.message !== '' ? cause.message : 'code' in cause ? String(cause.code) : '';
	return behind === '' ? message : `${message} (${behind})`;
}

/** What to say where a proxy is named that Node does not ask; empty when there is nothing to say. */
export function proxyAdvice(env: NodeJS.ProcessEnv): string {
	const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find((name) => env[name]);
	return named === undefined || env.NODE_USE_ENV_PROXY === '1'
		? ''
		: `${named} is set, and Node only takes notice of it with NODE_USE_ENV_PROXY=1, from 22.21 and 24.0 on`;
}
