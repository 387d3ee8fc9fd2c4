import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import { hostPath } from '../../module/arguments.ts';
import type { Host } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { Command, sh } from '../../shell/command.ts';

const schema = z.strictObject({
	host: z.string().default('127.0.0.1').describe('Name or address, as the host sees it.'),
	port: z.int().min(1).max(65_535).optional().describe('TCP port that has to answer (or no longer to).'),
	path: hostPath().optional().describe('File that has to exist (or no longer to).'),
	search_regex: z
		.string()
		.optional()
		.describe(
			'Extended regular expression (grep -E) that the file, or what the port says first, has to match.',
		),
	state: z
		.enum(['started', 'stopped', 'present', 'absent'])
		.default('started')
		.describe('`started` and `present` wait for it to be there, `stopped` and `absent` for it to be gone.'),
	timeout: z.number().positive().default(300).describe('Seconds until it is a failure.'),
	delay: z.number().min(0).default(0).describe('Seconds before the first look.'),
	sleep: z.number().positive().default(1).describe('Seconds between looks.'),
	connect_timeout: z.number().positive().default(5).describe('Seconds for one try to connect.'),
	msg: z.string().optional().describe('What to say when the time is over.'),
});
type Arguments = z.output<typeof schema>;

export default actionModule({
	name: 'wait_for',
	summary: 'Wait until a port answers, a file is there, or a text is in it.',
	args: schema,
	examples: [
		'wait_for: {port: 5432, timeout: 60}',
		'wait_for: {path: /var/log/rke2.log, search_regex: "Running kubelet", timeout: 900}',
		'wait_for: {host: 192.0.2.10, port: 9345, state: stopped}',
	],
	returns: { elapsed: 'Seconds that it took.' },
	effect: 'waits',
	async act(args, host, run) {
		const look = lookFor(args);
		const wanted = args.state === 'started' || args.state === 'present';
		const started = Date.now();
		const elapsed = (): number => (Date.now() - started) / 1000;
		if (args.delay > 0) {
			await run.sleep(args.delay);
		}

		while ((await isThere(host, look)) !== wanted) {
			if (elapsed() + args.sleep > args.timeout) {
				throw new TaskFailed(
					args.msg ?? `${subject(args)} ${wanted ? 'not there' : 'still there'} after ${args.timeout} s`,
					{
						result: { elapsed: Math.round(elapsed()) },
					},
				);
			}

			await run.sleep(args.sleep);
		}

		return { changed: false, result: { elapsed: Math.round(elapsed()) } };
	},
});

const subject = ({ host, port, path, search_regex }: Arguments): string =>
	`${path ?? `port ${port} of ${host}`}${search_regex === undefined ? '' : ` with /${search_regex}/`}`;

/** bash connects to ports by itself; a host without bash needs nc. */
function lookFor({ host, port, path, search_regex, connect_timeout }: Arguments): Command {
	if (path !== undefined) {
		return search_regex === undefined ? sh`test -e ${path}` : sh`grep -Eqs -e ${search_regex} ${path}`;
	}

	if (port === undefined) {
		return impossible('there is nothing to wait for', 'give `port` or `path`; `pause` waits for a time');
	}

	const answer =
		search_regex === undefined
			? ''
			: ` && ${sh`timeout ${connect_timeout} grep -Eq -e ${search_regex}`.line} <&3`;
	const byBash = sh`timeout ${connect_timeout} bash -c ${`exec 3<>"/dev/tcp/$0/$1"${answer}`} ${host} ${port}`;
	const byNc = sh`nc -z -w ${Math.ceil(connect_timeout)} ${host} ${port}`;
	return new Command(
		`if command -v bash >/dev/null 2>&1; then ${byBash.line} 2>/dev/null; else ${byNc.line}; fi`,
	);
}

async function isThere(host: Host, look: Command): Promise<boolean> {
	const { code, stderr } = await host.perform(look);
	return code === 127
		? impossible(`the host has no program to look with: ${stderr.trim()}`, 'install bash or netcat on it')
		: code === 0;
}
