import type { Inventory } from '../inventory/types.ts';
import type { Keywords, Play } from '../playbook/types.ts';
import type { Layer } from '../vars/types.ts';
import { omit, Vars } from '../vars/vars.ts';
import type { HostRun } from './host.ts';
import type { PlayRun, RunContext } from './run-context.ts';

/** What a host knows outside of any task: inventory, facts, play, what earlier tasks learnt, `-e`, magic names. */
export function hostVars(run: PlayRun, host: HostRun, secrets = run.context.options.secrets): Vars {
	return new Vars(
		[...hostLayers(run.context, run.play, host), ...(run.varsFiles.get(host) ?? []), magic(run, host)],
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

function magic(run: PlayRun, host: HostRun): Layer {
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
			hostvars: hostvarsOf(run),
			play_hosts: run.hosts.filter(({ standing }) => standing === 'active').map(({ name }) => name),
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
function hostvarsOf({ context }: PlayRun): object {
	return lazy(context.inventory.hosts.keys(), (name) => {
		const host = context.hosts.get(name);
		const vars = new Vars(
			[
				...(host === undefined
					? (context.inventory.hosts.get(name)?.layers ?? [])
					: hostLayers(context, undefined, host)),
				{
					kind: 'magic',
					origin: 'g2pbook',
					literal: true,
					values: { inventory_hostname: name, groups: groupsOf(context.inventory) },
				},
			],
			{ secrets: context.options.secrets, folder: context.plan.playbook.folder },
		);
		return lazy(vars.names(), (variable) => vars.get(variable));
	});
}

function lazy(names: Iterable<string>, value: (name: string) => unknown): object {
	const object = {};
	for (const name of names) {
		Object.defineProperty(object, name, { enumerable: true, configurable: true, get: () => value(name) });
	}

	return object;
}
