import type { IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';

// Not fetch: on a busy machine with Node 20 a body of it once stayed open for ever, with no byte, no end and no error, and the
// signal that should abort it did nothing. Here a silent connection ends by itself.

export type AskOptions = {
	readonly method?: 'GET' | 'HEAD';
	/** Go on behind so many bytes. */
	readonly from?: number;
	/** Milliseconds without a byte after which a connection counts as cut. */
	readonly silence?: number;
};

/** Servers of releases send one on to where the files are. */
const mostRedirects = 8;

/** The answer of a server, with its body still to come. @throws Error when nobody answers */
export async function ask(address: string, options: AskOptions = {}): Promise<IncomingMessage> {
	let url = new URL(address);
	for (let left = mostRedirects; left > 0; left -= 1) {
		const response = await askOnce(url, options);
		const { location } = response.headers;
		if (location === undefined || ![301, 302, 303, 307, 308].includes(statusOf(response))) {
			return response;
		}

		response.destroy();
		const next = new URL(location, url);
		if (url.protocol === 'https:' && next.protocol !== 'https:') {
			throw new Error(`the server leads from https to ${next.href}`);
		}

		url = next;
	}

	throw new Error('the server leads in circles');
}

const askOnce = (
	url: URL,
	{ method = 'GET', from = 0, silence = 60_000 }: AskOptions,
): Promise<IncomingMessage> =>
	new Promise((resolve, reject) => {
		const { request } = url.protocol === 'https:' ? https : http;
		const asked = request(
			url,
			{
				method,
				timeout: silence,
				headers: {
					'user-agent': 'g2pbook',
					// Or a server packs it once more.
					'accept-encoding': 'identity',
					...(from > 0 && { range: `bytes=${from}-` }),
				},
			},
			resolve,
		);
		asked.on('timeout', () => asked.destroy(new Error(`nothing came for ${silence / 1000} s`)));
		asked.on('error', reject);
		asked.end();
	});

export const statusOf = ({ statusCode = 0 }: IncomingMessage): number => statusCode;

/** Bytes of the body, when the server says. */
export function lengthOf({ headers }: IncomingMessage): number | undefined {
	const length = headers['content-length'];
	return length === undefined ? undefined : Number(length);
}
