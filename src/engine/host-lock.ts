import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TaskFailed } from '../errors.ts';
import type { Output } from '../module/contract.ts';
import type { As } from '../session/types.ts';
import { Command, quote } from '../shell/command.ts';
import type { RunContext } from './run-context.ts';
import type { Target } from './target.ts';

// A symbolic link is made atomically, with what it says. The holder is a process on the host (our shell there), so a
// lock whose holder is gone is known to be stale: a killed run does not lock a host for ever, and nothing has to
// guess by age.
const places =
	'for lock in ${G2PBOOK_LOCK_FOLDER:+"$G2PBOOK_LOCK_FOLDER"} /run/lock /tmp; do [ -d "$lock" ] && [ -w "$lock" ] && break; done; lock=$lock/g2pbook.lock';
const script = (owner: string, runId: string, holder: string, force: boolean): string => `
${places}
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
take() { ln -s "$pid $(started "$pid") "${quote(owner)} "$lock" 2>/dev/null; }
pid=${quote(holder)}
take && exit 0
held=$(readlink "$lock"); set -- $held
if ${force ? 'true' : '[ "$(started "$1")" != "$2" ]'}; then rm -f "$lock"; take && exit 0; held=$(readlink "$lock"); fi
case $held in *${quote(runId)}*) exit 0;; esac
printf %s "\${held#* * }"; exit 75`;

/**
 * One run at a time per host. Taken before the first write, given back when the run ends; a second run is refused
 * with the owner's name.
 * @throws TaskFailed when another run holds it.
 */
export function lockHost(context: RunContext, target: Target, as: As): Promise<void> {
	target.locked ??= take(context, target, as);
	return target.locked;
}

async function take(context: RunContext, target: Target, as: As): Promise<void> {
	const { runId, options, emit } = context;
	const owner = `${userInfo().username}@${hostname()}, run ${runId}, since ${new Date().toISOString()}`;
	const holder = (await target.session.reader(as).read(new Command('echo $$'))).stdout.trim();
	const until = Date.now() + options.lockWait * 1000;
	const attempt = new Command(script(owner, runId, holder, options.breakLock));
	for (;;) {
		const [output] = await target.perform([attempt], as);
		if (output?.code === 0) {
			break;
		}

		const who = output?.stdout.trim();
		if (output?.code !== 75 || Date.now() >= until || options.interrupt.finishing) {
			target.locked = undefined;
			throw refused(output, who);
		}

		emit({ kind: 'host-progress', host: target.name, text: `waiting for another run to end: ${who}` });
		await sleep(1000, undefined, { signal: options.interrupt.killing });
	}

	target.unlock = async () => {
		const ours = `case $(readlink "$lock") in *${quote(runId)}*) rm -f "$lock";; esac`;
		await target.perform([new Command(`${places}; ${ours}`)], as);
	};
}

const refused = (output: Output | undefined, who: string | undefined): TaskFailed =>
	output?.code === 75
		? new TaskFailed(`another run is changing this host: ${who || 'its owner left no name'}`, {
				hint: 'wait until it has ended (--lock-wait SECONDS does); if you know that it is gone, use --break-lock',
			})
		: new TaskFailed(`the lock of this host cannot be taken: ${output?.stderr.trim() ?? ''}`);
