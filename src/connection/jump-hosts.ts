import { Unreachable } from '../errors.ts';
import { configFile, splitWords, sshOptions } from './ssh-options.ts';
import type { Target } from './target.ts';

/**
 * Hosts that wait for each other would wait for ever, and so would whoever shares one of them; ssh(1) would start itself
 * without end.
 * @throws Unreachable
 */
export async function expectNoCircle(target: Target, jumps: readonly string[]): Promise<void> {
	const way: string[] = [];
	let [current, ahead] = [target, jumps];
	while (ahead.length > 0) {
		const step = ahead.join(',');
		const again = way.includes(step);
		way.push(step);
		if (again) {
			throw new Unreachable(
				`${target.name}: its jump hosts go round in a circle: ${[target.host, ...way].join(' → ')}`,
				{
					hint: 'one of them has to be reached directly: look at ProxyJump in ~/.ssh/config, and at ansible_ssh_common_args',
				},
			);
		}

		current = bastionOf(current, ahead);
		ahead = (await sshOptions(current)).jumps;
	}
}

/** As for ssh(1), the options of the target are not those of the hosts on the way; the configuration file is. */
export function bastionOf(target: Target, jumps: readonly string[]): Target {
	const spec = jumps.at(-1) ?? '';
	const [, user, host = spec, port] =
		/^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(spec) ?? [];
	const before = jumps.slice(0, -1).join(',');
	return {
		name: `${spec} (on the way to ${target.name})`,
		connection: 'ssh',
		host: host.replace(/^\[|\]$/g, ''),
		user,
		port: port === undefined ? undefined : Number(port),
		commonArgs: [...configFileOption(target), ...(before === '' ? [] : [`-J ${before}`])].join(' '),
		hostKeyChecking: target.hostKeyChecking,
		connectTimeout: target.connectTimeout,
	};
}

/** What names the configuration file that the target is read with. */
export function configFileOption({ commonArgs = '' }: Target): readonly string[] {
	const file = configFile(splitWords(commonArgs));
	return file === undefined ? [] : [`-F ${file}`];
}
