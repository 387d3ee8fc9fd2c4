import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import { hostPath, secretText } from '../../module/arguments.ts';
import type { Output } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import { reveal, revealed, Secret } from '../../shell/secret.ts';

const schema = z.strictObject({
	url: z.url({ protocol: /^https?$/ }).describe('Where to.'),
	method: z
		.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
		.default('GET')
		.describe('HTTP method.'),
	headers: z.record(z.string(), secretText()).default({}).describe('Headers to send.'),
	body: z.unknown().optional().describe('What to send; a map or list with `body_format: json`.'),
	body_format: z
		.enum(['raw', 'json', 'form-urlencoded'])
		.default('raw')
		.describe('How `body` is written; sets Content-Type.'),
	status_code: z
		.union([z.int().transform((one) => [one]), z.array(z.int()).nonempty()])
		.default([200])
		.describe('Answers that are right, by number.'),
	return_content: z.boolean().default(false).describe('Put the body of the answer into the result.'),
	timeout: z.number().positive().default(30).describe('Seconds for everything.'),
	validate_certs: z.boolean().default(true).describe('Refuse a certificate that is not right. Leave it on.'),
	ca_path: hostPath().optional().describe('File of the authorities to trust.'),
	url_username: z.string().optional().describe('User for HTTP authentication.'),
	url_password: secretText().optional().describe('Its password.'),
	follow_redirects: z.boolean().default(true).describe('Go where the answer points.'),
});
type Arguments = z.output<typeof schema>;

export default actionModule({
	name: 'uri',
	summary: 'Send an HTTP request from the host, and judge the answer.',
	args: schema,
	freeForm: 'url',
	examples: [
		'uri: {url: "https://rancher.example.org/healthz", return_content: true}',
		'uri: {url: "http://127.0.0.1:8500/v1/kv/a", method: PUT, body: {a: 1}, body_format: json, status_code: [200, 204]}',
	],
	returns: {
		status: 'Number of the answer.',
		content: 'Its body as text (with `return_content`).',
		json: 'Its body as a value, when it is JSON.',
		content_type: 'Its type.',
		url: 'Where it came from in the end.',
	},
	effect: ({ method }) => (['GET', 'HEAD', 'OPTIONS'].includes(method) ? 'reads' : 'changes'),
	async act(args, host) {
		// The request goes in by stdin: headers and bodies carry secrets, and arguments show in `ps`.
		const output = await host.perform(sh`curl --config -`.withInput(new Secret(config(args))));
		const { status, content, type, url } = answerOf(output, args, host.name);
		const result = { status, content_type: type, url, ...bodyOf(content, type, args) };
		if (!args.status_code.includes(status)) {
			throw new TaskFailed(
				`${args.method} ${args.url} was answered with ${status}, not ${args.status_code.join(' or ')}`,
				{
					hint: content.trim() === '' ? undefined : `the answer begins: ${content.slice(0, 300).trim()}`,
					result,
				},
			);
		}

		return {
			changed: args.method !== 'GET' && args.method !== 'HEAD' && args.method !== 'OPTIONS',
			message: String(status),
			result,
		};
	},
});

/** A file of curl's options (curl(1), --config): one each line, values in double quotes. */
function config(args: Arguments): string {
	const {
		url,
		method,
		headers,
		timeout,
		validate_certs,
		ca_path,
		url_username,
		url_password,
		follow_redirects,
	} = args;
	const lines: [string, string?][] = [
		['silent'],
		['show-error'],
		['url', url],
		method === 'HEAD' ? ['head'] : ['request', method],
		['max-time', String(timeout)],
		['write-out', '\n%{http_code} %{url_effective} %{content_type}'],
		...Object.entries(headers).map(([name, value]): [string, string] => [
			'header',
			`${name}: ${reveal(value)}`,
		]),
		...bodyOptions(args),
	];
	if (!validate_certs) {
		lines.push(['insecure']);
	}

	if (follow_redirects) {
		lines.push(['location']);
	}

	if (ca_path !== undefined) {
		lines.push(['cacert', ca_path]);
	}

	if (url_username !== undefined) {
		lines.push(['user', `${url_username}:${reveal(url_password ?? '')}`]);
	}

	return `${lines.map(([name, value]) => (value === undefined ? name : `${name} = ${quoted(value)}`)).join('\n')}\n`;
}

function bodyOptions({ body, body_format, headers }: Arguments): [string, string][] {
	if (body === undefined) {
		return [];
	}

	const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
	const type = {
		raw: 'text/plain',
		json: 'application/json',
		'form-urlencoded': 'application/x-www-form-urlencoded',
	};
	return [
		['data-raw', bodyText(body, body_format)],
		...(typed ? [] : [['header', `Content-Type: ${type[body_format]}`] satisfies [string, string]]),
	];
}

function bodyText(body: unknown, format: Arguments['body_format']): string {
	if (typeof body === 'string' || body instanceof Secret) {
		return reveal(body);
	}

	if (format === 'form-urlencoded' && typeof body === 'object' && body !== null) {
		return new URLSearchParams(
			Object.entries(body).map(([name, value]): [string, string] => [name, text(value)]),
		).toString();
	}

	return JSON.stringify(revealed(body)) ?? '';
}

const text = (value: unknown): string => (value instanceof Secret ? value.reveal() : String(value));

const quoted = (value: string): string =>
	`"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

function answerOf({ code, stdout, stderr }: Output, { method, url }: Arguments, host: string) {
	if (code === 127) {
		throw new TaskFailed(`there is no curl on ${host} to send the request with`, {
			hint: 'install the package curl before, or write `delegate_to: localhost`',
		});
	}

	if (code !== 0) {
		throw new TaskFailed(`${method} ${url} got no answer: ${stderr.trim().replace(/^curl: /, '')}`, {
			result: { status: -1 },
		});
	}

	const end = stdout.lastIndexOf('\n');
	const [status = '0', effective = url, ...type] = stdout.slice(end + 1).split(' ');
	return { status: Number(status), url: effective, type: type.join(' '), content: stdout.slice(0, end) };
}

function bodyOf(
	content: string,
	type: string,
	{ return_content }: Arguments,
): Readonly<Record<string, unknown>> {
	let json: unknown;
	if (/\bjson\b/.test(type)) {
		try {
			json = JSON.parse(content);
		} catch {
			// Not what its type says: the text is in `content` for whoever wants it.
		}
	}

	return { ...(return_content ? { content } : {}), ...(json === undefined ? {} : { json }) };
}
