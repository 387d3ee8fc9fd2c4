import type { Inventory } from '../inventory/types.ts';
import type { Keywords, Play } from '../playbook/types.ts';
import { type Layer, precedence } from '../vars/types.ts';
import type { LearntNames } from './known-names.ts';
import { magicNames } from './magic.ts';

/** One place where a variable gets a value. */
export type Definition = { readonly values: Readonly<Record<string, unknown>>; readonly name: string };

const rank = new Map(precedence.map((kind, index) => [kind, index]));
const rankOf = ({ kind }: Layer): number => rank.get(kind) ?? 0;

/** Which variables the tasks of a play can see, and where their values come from, over all its hosts. */
export class Sight {
	readonly #play: Play;
	readonly #hosts: readonly (readonly Layer[])[];
	readonly #extra: Layer;
	readonly #learnt: LearntNames;
	readonly #sorted = new WeakMap<readonly Layer[], readonly Layer[]>();
	readonly #inventory = new Map<
		string,
		{ readonly found: readonly Definition[]; readonly everywhere: boolean }
	>();
	/** A name that nobody defines may still be defined while the playbook runs, or by an inventory that is not here. */
	readonly open: boolean;
	/** The same, for names that tasks define. */
	readonly learns: boolean;

	constructor(
		play: Play,
		hosts: readonly string[],
		inventory: Inventory | undefined,
		learnt: LearntNames,
		extraVars: Readonly<Record<string, unknown>>,
	) {
		this.#play = play;
		const names = hosts.length > 0 ? hosts : [...(inventory?.hosts.keys() ?? [])];
		this.#hosts = names.map((name) => inventory?.hosts.get(name)?.layers ?? []);
		this.#learnt = learnt;
		this.#extra = { kind: 'extra vars', origin: '-e', values: extraVars };
		this.learns = learnt.open;
		this.open = learnt.open || inventory === undefined;
	}

	/**
	 * Where a name gets its values, as far as they win on some host. Empty for a name that is known but whose value
	 * is not (facts, registered results); undefined when nobody defines it.
	 */
	definitions(name: string, { layers }: Pick<Keywords, 'layers'>): readonly Definition[] | undefined {
		const [above, below] = this.#split(layers);
		if (magicNames.has(name)) {
			return [];
		}

		const high = above.find(({ values }) => Object.hasOwn(values, name));
		if (high !== undefined && rankOf(high) > (rank.get('run-time vars') ?? 0)) {
			return [{ values: high.values, name }];
		}

		if (this.#learnt.names.has(name)) {
			return [];
		}

		if (high !== undefined) {
			return [{ values: high.values, name }];
		}

		const { found, everywhere } = this.#fromInventory(name);
		const low = everywhere ? undefined : below.find(({ values }) => Object.hasOwn(values, name));
		const all = low === undefined ? found : [...found, { values: low.values, name }];
		return all.length === 0 ? undefined : all;
	}

	/** All names, for suggestions. */
	names({ layers }: Pick<Keywords, 'layers'>): ReadonlySet<string> {
		const all = [this.#extra, ...this.#play.layers, ...layers, ...this.#hosts.flat()];
		return new Set([
			...magicNames,
			...this.#learnt.names,
			...all.flatMap(({ values }) => Object.keys(values)),
		]);
	}

	/** Layers that win over the inventory, and those that lose to it, highest first. */
	#split(layers: readonly Layer[]): readonly [readonly Layer[], readonly Layer[]] {
		let sorted = this.#sorted.get(layers);
		if (sorted === undefined) {
			sorted = [...this.#play.layers, ...layers, this.#extra].sort((a, b) => rankOf(a) - rankOf(b)).reverse();
			this.#sorted.set(layers, sorted);
		}

		const isBelow = (layer: Layer): boolean => layer.kind === 'role defaults';
		return [sorted.filter((layer) => !isBelow(layer)), sorted.filter(isBelow)];
	}

	#fromInventory(name: string): { readonly found: readonly Definition[]; readonly everywhere: boolean } {
		let known = this.#inventory.get(name);
		if (known === undefined) {
			const winners = this.#hosts.map((layers) =>
				layers.findLast(({ values }) => Object.hasOwn(values, name)),
			);
			const distinct = new Set(winners.flatMap((layer) => (layer === undefined ? [] : [layer.values])));
			known = {
				found: [...distinct].map((values) => ({ values, name })),
				everywhere: winners.length > 0 && winners.every((layer) => layer !== undefined),
			};
			this.#inventory.set(name, known);
		}

		return known;
	}
}
