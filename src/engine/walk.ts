import type { BlockNode, Node } from '../playbook/types.ts';
import type { HostRun } from './host.ts';
import { runInclude } from './include.ts';
import type { PlayRun } from './run-context.ts';
import { runTaskOnHosts } from './task-on-hosts.ts';

/**
 * Go through nodes in order. Linear in effects: no host begins a task before every host of `hosts` is done with
 * the one before. Hosts that have failed stay in the list, so that what they did not reach is counted.
 */
export async function walk(run: PlayRun, nodes: readonly Node[], hosts: readonly HostRun[]): Promise<void> {
	for (const node of nodes) {
		switch (node.kind) {
			case 'task':
				await runTaskOnHosts(run, node, hosts);
				break;
			case 'include':
				await runInclude(run, node, hosts, walk);
				break;
			case 'block':
				await runBlock(run, node, hosts);
				break;
		}
	}
}

async function runBlock(run: PlayRun, block: BlockNode, hosts: readonly HostRun[]): Promise<void> {
	const entered = hosts.filter(({ standing }) => standing === 'active');
	await walk(run, block.body, hosts);
	const failed = entered.filter(({ standing }) => standing === 'failed');
	if (failed.length > 0 && block.rescue.length > 0) {
		const own = failed.filter(({ aborted }) => !aborted);
		for (const host of failed) {
			host.standing = 'active';
			host.aborted = false;
			host.remember(host.lastFailure ?? {});
		}

		await walk(run, block.rescue, failed);
		for (const host of own.filter(({ standing }) => standing !== 'failed')) {
			host.counts.rescued++;
			host.counts.failed--;
		}
	}

	if (block.always.length > 0) {
		await runAlways(run, block, entered);
	}
}

// `always` runs on failed hosts too, and does not make them well again.
async function runAlways(run: PlayRun, block: BlockNode, entered: readonly HostRun[]): Promise<void> {
	const failed = entered.filter(({ standing }) => standing === 'failed');
	for (const host of failed) {
		host.standing = 'active';
	}

	await walk(run, block.always, entered);
	for (const host of failed) {
		if (host.standing === 'active') {
			host.standing = 'failed';
		}
	}
}
