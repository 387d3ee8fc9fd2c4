import * as z from 'zod';
import { TaskFailed, Unreachable } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import type { Host } from '../../module/contract.ts';
import { Command, sh } from '../../shell/command.ts';

export default actionModule({
	name: 'reboot',
	summary: 'Restart the host, and go on when it is back.',
	args: z.strictObject({
		reboot_timeout: z.number().positive().default(600).describe('Seconds until it has to be back.'),
		pre_reboot_delay: z.number().min(0).default(1).describe('Seconds before it goes down.'),
		post_reboot_delay: z.number().min(0).default(0).describe('Seconds to wait after it is back.'),
		test_command: z
			.string()
			.default('true')
			.describe('A shell line that succeeds when the host is of use again.'),
	}),
	examples: ['reboot: {}', 'reboot: {reboot_timeout: 900, test_command: systemctl is-system-running --wait}'],
	returns: { elapsed: 'Seconds from the request until the host was back.' },
	effect: 'changes',
	async act({ reboot_timeout, pre_reboot_delay, post_reboot_delay, test_command }, host, run) {
		const started = Date.now();
		const left = (): number => reboot_timeout - (Date.now() - started) / 1000;
		const before = await bootOf(host);
		await host.perform(
			new Command(
				`nohup sh -c 'sleep ${pre_reboot_delay}; systemctl reboot || shutdown -r now || reboot' >/dev/null 2>&1 </dev/null &`,
			),
		);
		await run.sleep(pre_reboot_delay + 1);
		while (!(await isBack(host, before, test_command, left()))) {
			if (left() <= 0) {
				throw new TaskFailed(`the host was not back ${reboot_timeout} s after it was told to restart`, {
					hint: 'look at its console; run again when it is up: what was done before stays done',
				});
			}

			await run.sleep(2);
		}

		await run.sleep(post_reboot_delay);
		return { changed: true, result: { rebooted: true, elapsed: Math.round((Date.now() - started) / 1000) } };
	},
});

async function isBack(host: Host, before: string, test: string, left: number): Promise<boolean> {
	try {
		await host.reconnect({ timeout: Math.max(1, left), delay: 1 });
		return (await bootOf(host)) !== before && (await host.perform(sh`sh -c ${test}`)).code === 0;
	} catch (error) {
		if (error instanceof Unreachable || error instanceof TaskFailed) {
			return false;
		}

		throw error;
	}
}

/** Changes with every start: of the kernel, or of process 1 where the kernel is not the host's own. */
async function bootOf(host: Host): Promise<string> {
	const { stdout } = await host.perform(
		new Command("cat /proc/sys/kernel/random/boot_id; sed 's/.*) //' /proc/1/stat | cut -d' ' -f20"),
	);
	return stdout;
}
