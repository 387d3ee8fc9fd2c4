import { UserError } from '../errors.ts';

/** One file that could not be had. The others are none the worse for it. */
export class NotHad extends UserError {
	override readonly name = 'NotHad';
}

/** What an error says. Of several addresses that all refuse there is a code and no message. */
export function whyOf(error: unknown): string {
	const { message } = error instanceof Error ? error : { message: String(error) };
	return message === '' && error instanceof Error && 'code' in error ? String(error.code) : message;
}

/** What to say where a proxy is named that Node does not ask; empty when there is nothing to say. */
export function proxyAdvice(env: NodeJS.ProcessEnv): string {
	const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find((name) => env[name]);
	return named === undefined || env.NODE_USE_ENV_PROXY === '1'
		? ''
		: `${named} is set, and Node only takes notice of it with NODE_USE_ENV_PROXY=1, from 22.21 and 24.0 on`;
}
