import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import type { Reader, Step } from '../../module/contract.ts';
import { impossible, ReadFailed } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { all, any, pipe, quietly } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { baseName } from './base-name.ts';
import { changeAttributes } from './change-attributes.ts';
import { download } from './download.ts';
import { fileArguments } from './file-arguments.ts';
import { type FileState, readFileState } from './file-state.ts';

const schema = z
	.strictObject({
		url: z
			.string()
			.regex(/^(https?|ftp|file):\/\/\S+$/, 'write a URL with https://, http://, ftp:// or file://')
			.describe(
				'What the host downloads, with curl or wget. A token belongs into `headers`: this shows in `ps`.',
			),
		dest: hostPath().describe(
			'Absolute path on the host. In a folder, or with / at its end, the file gets the last part of the URL as name.',
		),
		checksum: z
			.string()
			.regex(/^sha256:[0-9a-fA-F]{64}$/, 'write sha256: and 64 hexadecimal digits')
			.optional()
			.describe('`sha256:…`: what the file must be. Without it, a file that is there is taken as it is.'),
		...fileArguments,
		force: z
			.boolean()
			.default(false)
			.describe('Without `checksum`: download at each run to compare, and replace the file when it differs.'),
		headers: z
			.record(z.string().regex(/^[\w-]+$/), secretText())
			.default({})
			.describe('Headers of the request; they reach the host unseen.'),
		timeout: z
			.int()
			.positive()
			.default(10)
			.describe('Seconds without progress after which the download fails.'),
		backup: z
			.boolean()
			.default(false)
			.describe('Keep the old file beside the new one, with a time in its name.'),
	})
	.refine(
		({ force, checksum, headers }) => !force || checksum !== undefined || Object.keys(headers).length === 0,
		{
			error: 'give the `checksum` when there are `headers`',
			path: ['force'],
		},
	);

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'get_url',
	summary: 'Download a file to the host, verified before it is put in place.',
	args: schema,
	examples: [
		'get_url: {url: "https://example.org/tool-1.2.tgz", dest: /opt/tool.tgz, checksum: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}',
		'get_url: {url: "https://example.org/key.asc", dest: /etc/apt/keyrings/, mode: "0644"}',
	],
	returns: { dest: 'Where the file is.', sha256: 'SHA-256 of its content.' },

	async current(args, host): Promise<FileState | undefined> {
		const state = await readFileState(placeFor(args), nameOf(args.url), args, host);
		return args.force && args.checksum === undefined && state?.sha256 !== undefined
			? { ...state, type: (await serves(args.url, state.sha256, host)) ? state.type : 'outdated file' }
			: state;
	},

	desired({ checksum, mode, owner, group }) {
		return { type: 'file', sha256: checksum?.slice('sha256:'.length).toLowerCase(), mode, owner, group };
	},

	create: (args) => [
		...(args.dest.endsWith('/') ? [sh`mkdir -p ${args.dest}`] : []),
		put(args, placeFor(args)),
	],

	update(args, { before, keys }): Iterable<Step> {
		if (before.type === 'directory') {
			impossible(`${args.dest} is a folder`, 'the URL ends with /: write the whole path of the file');
		}

		const path = before.path ?? placeFor(args);
		return keys.has('type') || keys.has('sha256') ? [put(args, path)] : changeAttributes(path, args, keys);
	},

	delete: () => [],

	result: (args, state) => ({ dest: state?.path ?? placeFor(args), sha256: state?.sha256 }),
});

const put = (args: Arguments, path: string): Step =>
	download({ ...args, path, sha256: args.checksum?.slice('sha256:'.length).toLowerCase() });

const nameOf = (url: string): string => decodeURIComponent(baseName(new URL(url).pathname));

const placeFor = ({ dest, url }: Arguments): string => (dest.endsWith('/') ? dest + nameOf(url) : dest);

/** Whether the URL still gives what has this hash. @throws ReadFailed when it gives nothing. */
async function serves(url: string, sha256: string, host: Reader): Promise<boolean> {
	const get = any(all(quietly(sh`command -v curl`), sh`curl -fsSL ${url}`), sh`wget -q -O - ${url}`);
	const { stdout } = await host.read(pipe(get, sh`sha256sum`));
	if (stdout.startsWith(emptyHash)) {
		throw new ReadFailed(`${url} could not be downloaded by the host`);
	}

	return stdout.startsWith(sha256);
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
