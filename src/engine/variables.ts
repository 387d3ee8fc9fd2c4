import type { Inventory } from '../inventory/types.ts';
import type { Keywords, Play } from '../playbook/types.ts';
import type { SecretSource } from '../secrets/source.ts';
import type { Layer } from '../vars/types.ts';
import { omit, Vars } from '../vars/vars.ts';
import { viewOf } from '../vars/view.ts';
import type { HostRun } from './host.ts';
import type { PlayRun, RunContext } from './run-context.ts';

/** What a host knows outside of any task: inventory, facts, play, what earlier tasks learnt, `-e`, magic names. */
export function hostVars(run: PlayRun, host: HostRun, secrets = run.context.options.secrets): Vars {
	return new Vars(
		[
			...hostLayers(run.context, run.play, host),
			...(run.varsFiles.get(host) ?? []),
			magic(run, host, secrets),
		],
		{
			secrets,
			folder: run.context.plan.playbook.folder,
		},
	);
}

/** The same with what the task's place in the file gives, and the loop item. */
export const taskVars = (
	base: Vars,
	{ layers, role }: Pick<Keywords, 'layers' | 'role'>,
	item: Readonly<Record<string, unknown>> = {},
): Vars =>
	base.with(...layers, {
		kind: 'magic',
		origin: 'g2pbook',
		values: { ...(role === undefined ? {} : { role_name: role.name, role_path: role.path }), ...item },
		literal: true,
	});

function hostLayers(context: RunContext, play: Play | undefined, host: HostRun): readonly Layer[] {
	return [
		...(context.inventory.hosts.get(host.name)?.layers ?? []),
		{
			kind: 'facts',
			origin: `facts of ${host.name}`,
			values: host.facts === undefined ? {} : { facts: host.facts },
			literal: true,
		},
		...(play?.layers ?? []),
		{
			kind: 'run-time vars',
			origin: 'set_fact, include_vars and registered results',
			values: host.runtime,
			literal: true,
		},
		{ kind: 'extra vars', origin: '-e', values: context.options.extraVars },
	];
}

// Made for each host and task: nothing in it may take longer for more hosts, unless it is looked at.
function magic(run: PlayRun, host: HostRun, secrets: SecretSource | undefined): Layer {
	const { inventory, options, plan } = run.context;
	const check = options.check;
	return {
		kind: 'magic',
		origin: 'g2pbook',
		literal: true,
		values: {
			inventory_hostname: host.name,
			inventory_hostname_short: host.name.split('.')[0],
			groups: groupsOf(inventory),
			group_names: inventory.hosts.get(host.name)?.groups ?? [],
			hostvars: hostvarsOf(run, secrets),
			get play_hosts() {
				return run.hosts.filter(({ standing }) => standing === 'active').map(({ name }) => name);
			},
			/** Within `--limit` and `--shard`, and not found to be out of reach. */
			get run_hosts() {
				return plan
					.hosts(inventory)
					.filter((name) => run.context.hosts.get(name)?.standing !== 'unreachable');
			},
			check_mode: check,
			ansible_check_mode: check,
			playbook_dir: plan.playbook.folder,
			...(inventory.folder === undefined ? {} : { inventory_dir: inventory.folder }),
			omit,
		},
	};
}

const groupLists = new WeakMap<Inventory, Readonly<Record<string, readonly string[]>>>();

function groupsOf(inventory: Inventory): Readonly<Record<string, readonly string[]>> {
	const known = groupLists.get(inventory);
	if (known !== undefined) {
		return known;
	}

	const made = Object.fromEntries([...inventory.groups.values()].map(({ name, hosts }) => [name, hosts]));
	groupLists.set(inventory, made);
	return made;
}

/** `hostvars.NAME.x`: computed when looked at, since most are never looked at. */
function hostvarsOf({ context }: PlayRun, secrets: SecretSource | undefined): object {
	const { hosts } = context.inventory;
	const seen = new Map<string, Readonly<Record<string, unknown>>>();
	return viewOf({ has: (name) => hosts.has(name), names: () => new Set(hosts.keys()) }, (name) => {
		const known = seen.get(name) ?? varsOfOther(context, name, secrets).view();
		seen.set(name, known);
		return known;
	});
}

function varsOfOther(context: RunContext, name: string, secrets: SecretSource | undefined): Vars {
	const host = context.hosts.get(name);
	const layers =
		host === undefined
			? (context.inventory.hosts.get(name)?.layers ?? [])
			: hostLayers(context, undefined, host);
	const values = { inventory_hostname: name, groups: groupsOf(context.inventory) };
	return new Vars([...layers, { kind: 'magic', origin: 'g2pbook', literal: true, values }], {
		secrets,
		folder: context.plan.playbook.folder,
	});
}
