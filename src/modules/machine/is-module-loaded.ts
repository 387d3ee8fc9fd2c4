import type { Reader } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';

/** Whether the kernel has a module, be it loaded or built in. */
export async function isModuleLoaded(name: string, host: Reader): Promise<boolean> {
	const file = name.replaceAll('-', '_');
	if ((await host.stat(`/sys/module/${file}`)) !== undefined) {
		return true;
	}

	// What is built in and takes no parameters shows nowhere but in this list.
	const { kernel } = await host.facts();
	const { code } = await host.read(
		sh`grep -q ${`/${file.replaceAll('_', '[-_]')}[.]ko`} ${`/lib/modules/${kernel}/modules.builtin`}`,
		{ ok: [0, 1, 2] },
	);
	return code === 0;
}
