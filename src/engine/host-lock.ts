import { hostname, userInfo } from 'node:os';
import { TaskFailed } from '../errors.ts';
import type { As } from '../session/types.ts';
import { Command, quote } from '../shell/command.ts';
import type { RunContext } from './run-context.ts';
import type { Target } from './target.ts';

// mkdir is atomic everywhere. The holder is a process on the host (our shell there), so a lock whose holder is gone
// is known to be stale: a killed run does not lock a host for ever, and nothing has to guess by age.
const folder = '/run/lock';
const script = (owner: string, holder: string, force: boolean): string => `
set -- ${quote(owner)} ${holder}
lock=${folder}; [ -d "$lock" ] && [ -w "$lock" ] || lock=/tmp
lock=$lock/g2pbook.lock
started() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
alive() { [ -n "$1" ] && [ -n "$2" ] && [ "$(started "$1")" = "$2" ]; }
take() { mkdir -m 755 "$lock" 2>/dev/null && printf '%s\\n' "$1" > "$lock/owner" && printf '%s %s\\n' "$2" "$(started "$2")" > "$lock/holder"; }
take "$1" "$2" && exit 0
read -r pid since < "$lock/holder" 2>/dev/null
[ "$pid" = "$2" ] && exit 0
if ${force ? 'true' : '! alive "$pid" "$since"'}; then rm -rf "$lock"; take "$1" "$2" && exit 0; fi
cat "$lock/owner" 2>/dev/null; exit 75`;

/**
 * One run at a time per host. Taken before the first write, given back when the run ends; a second run is refused
 * with the owner's name.
 * @throws TaskFailed when another run holds it.
 */
export function lockHost(context: RunContext, target: Target, as: As): Promise<void> {
	target.locked ??= take(context, target, as);
	return target.locked;
}

async function take({ runId, options }: RunContext, target: Target, as: As): Promise<void> {
	const owner = `${userInfo().username}@${hostname()}, run ${runId}, since ${new Date().toISOString()}`;
	const holder = (await target.session.reader(as).read(new Command('echo $$'))).stdout.trim();
	const [output] = await target.session.perform([new Command(script(owner, holder, options.breakLock))], as);
	if (output?.code !== 0) {
		target.locked = undefined;
		throw new TaskFailed(
			output?.code === 75
				? `another run is changing this host: ${output.stdout.trim() || 'its owner left no name'}`
				: `the lock of this host cannot be taken: ${output?.stderr.trim() ?? ''}`,
			{ hint: 'wait until it has ended; if you know that it is gone, run again with --break-lock' },
		);
	}

	target.unlock = async () => {
		await target.session.perform(
			[
				new Command(
					`for lock in ${folder}/g2pbook.lock /tmp/g2pbook.lock; do grep -qs ${quote(runId)} "$lock/owner" && rm -rf "$lock"; done; true`,
				),
			],
			as,
		);
	};
}
