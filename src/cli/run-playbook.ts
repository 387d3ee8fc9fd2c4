import { exitCodes } from '../errors.ts';
import type { LoadAllOptions, Loaded } from '../plan/load.ts';
import { printHosts, printTags, printTasks } from '../plan/print.ts';
import { rolePlaybook } from '../playbook/role-play.ts';
import type { RunFlags } from './flags.ts';
import { perform } from './perform.ts';
import { prepare } from './prepare.ts';

/** `run` and `check`; gives the exit code. */
export async function runPlaybook(playbook: LoadAllOptions['playbook'], flags: RunFlags): Promise<number> {
	const listing = listed(flags);
	const { surroundings, store, ...loaded } = await prepare(playbook, flags, {
		looking: flags.check === true || listing.length > 0,
		listing: listing.length > 0,
	});
	if (listing.length > 0) {
		process.stdout.write(listing.map((print) => print(loaded)).join('\n'));
		return exitCodes.ok;
	}

	const exitCode = await perform(loaded.plan, flags, surroundings);
	await store?.flush();
	if (store !== undefined && store.placeholders.size > 0) {
		const names = [...store.placeholders].sort().join(', ');
		process.stderr.write(`Secrets that are not there yet, and that a run will make: ${names}\n`);
	}

	return exitCode;
}

/** `role`: the same for a playbook that no file holds. */
export const runRole = (name: string, flags: RunFlags & { readonly hosts?: string }): Promise<number> =>
	runPlaybook((options) => rolePlaybook(name, { hosts: flags.hosts }, options), flags);

const listed = ({ listTasks, listHosts, listTags }: RunFlags): readonly ((loaded: Loaded) => string)[] => [
	...(listTasks ? [printTasks] : []),
	...(listHosts ? [printHosts] : []),
	...(listTags ? [printTags] : []),
];
