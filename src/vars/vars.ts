import type { Source } from '../diagnostics.ts';
import type { SecretSource } from '../secrets/source.ts';
import { Secret } from '../shell/secret.ts';
import { SourceText, sourceOf } from '../yaml/positions.ts';
import { asCondition } from './condition.ts';
import { evaluateExpression } from './evaluate.ts';
import { childOf, findUnknown, isMap } from './kinds.ts';
import { omit } from './omit.ts';
import { BadValue, DependsOnUnknown, explainGap, UndefinedVariable } from './problems.ts';
import type { Resolved, Scope } from './scope.ts';
import { follow, renderFile, renderText } from './template.ts';
import { CelExpression, type Layer, precedence, SecretReference, Unknown, VaultedValue } from './types.ts';
import { isView, viewOf } from './view.ts';

export { omit } from './omit.ts';
export { BadValue, DependsOnUnknown, UndefinedVariable } from './problems.ts';

export type VarsOptions = {
	readonly secrets?: SecretSource | undefined;
	/** Where `lookup_file` starts. */
	readonly folder?: string | undefined;
};

/** One definition of a name. */
export type Definition = {
	readonly layer: Layer;
	/** As it was written. */
	readonly value: unknown;
	readonly source: Source | undefined;
};

const rank = new Map(precedence.map((kind, index) => [kind, index]));

/**
 * The variables that a task on a host sees: layers of raw values, of which the highest that has a name wins.
 * A value is rendered when it is asked for, and then kept.
 */
export class Vars implements Scope {
	/** Highest precedence first. */
	readonly #layers: readonly Layer[];
	readonly #options: VarsOptions;
	readonly #winners = new Map<string, Layer | undefined>();
	readonly #rendered = new Map<string, unknown>();
	/** What is being rendered just now, to find circles. */
	readonly #pending: string[] = [];
	#names: ReadonlySet<string> | undefined;
	#view: Readonly<Record<string, unknown>> | undefined;

	constructor(layers: readonly Layer[], options: VarsOptions = {}) {
		// The sort is stable: of two layers of a kind, the one that was given later ends up higher.
		this.#layers = [...layers].sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0)).reverse();
		this.#options = options;
	}

	/** The same variables and these. */
	with(...layers: readonly Layer[]): Vars {
		return new Vars([...this.#layers.toReversed(), ...layers], this.#options);
	}

	has(name: string): boolean {
		return this.#winner(name) !== undefined;
	}

	names(): ReadonlySet<string> {
		this.#names ??= new Set(this.#layers.flatMap(({ values }) => Object.keys(values)));
		return this.#names;
	}

	/** The value of a variable, rendered. @throws UndefinedVariable, BadValue, DependsOnUnknown */
	get(name: string): unknown {
		return this.#known(this.#found(this.resolve(name, [])));
	}

	/** Everywhere that a name is defined, the winner first. */
	explain(name: string): readonly Definition[] {
		return this.#layers
			.filter(({ values }) => Object.hasOwn(values, name))
			.map((layer) => ({ layer, value: layer.values[name], source: sourceOf(layer.values, name) }));
	}

	/**
	 * A value from a YAML file with everything in it computed: templates, `!cel`, `!secret`, at any depth. Items
	 * that come to `omit` are left out. `source` is its place when it is not an item of a list or map.
	 * @throws UndefinedVariable, BadValue, DependsOnUnknown
	 */
	render(value: unknown, source?: Source): unknown {
		if (typeof value === 'string') {
			return value.includes('{{') ? this.#known(renderText(value, this, { place: () => source })) : value;
		}

		if (value instanceof CelExpression) {
			return this.#known(this.evaluate(value.text, value.source ?? source));
		}

		if (value instanceof SecretReference) {
			return this.#secret(value, source);
		}

		if (value instanceof Unknown) {
			throw new DependsOnUnknown(value);
		}

		if (value instanceof VaultedValue) {
			throw new BadValue(value.summary, { source: value.source ?? source, hint: value.hint });
		}

		if (Array.isArray(value)) {
			return value
				.map((item, index) => this.render(item, sourceOf(value, index) ?? source))
				.filter((item) => item !== omit);
		}

		if (isMap(value) && !isView(value)) {
			const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
				key,
				this.render(item, sourceOf(value, key) ?? source),
			]);
			return Object.fromEntries(entries.filter(([, item]) => item !== omit));
		}

		return value;
	}

	/** A whole template file. It is secret when a secret went in. `partials` gives the text for a name. */
	template(
		text: string,
		{ file, partials }: { file: string; partials?: (name: string) => string | undefined },
	): string | Secret {
		const source = new SourceText(file, text);
		return renderFile(text, this, { place: (index) => source.source(index), partials });
	}

	/** The value of a CEL expression. @throws UndefinedVariable, BadValue, DependsOnUnknown */
	evaluate(expression: string, source?: Source): unknown {
		return evaluateExpression(expression, this, { source, folder: this.#options.folder });
	}

	/** Whether a condition holds. Only true and false are answers. @throws as `evaluate` */
	test({ text, source }: { readonly text: string | boolean; readonly source?: Source | undefined }): boolean {
		return typeof text === 'boolean' ? text : asCondition(this.evaluate(text, source), text, source);
	}

	/** All variables as a read-only map, each rendered when it is read: an entry of `hostvars`. */
	view(): Readonly<Record<string, unknown>> {
		this.#view ??= viewOf(this, (name) => this.#found(this.resolve(name, [])));
		return this.#view;
	}

	resolve(name: string, path: readonly (string | number)[]): Resolved {
		const layer = this.#winner(name);
		if (layer === undefined) {
			return { gap: { names: [name, ...path.map(String)], depth: 0, parent: undefined } };
		}

		// Only the part that is asked for is rendered: another key of the same map may not be computable yet.
		const names = [name];
		let raw = layer.values[name];
		let source = sourceOf(layer.values, name);
		while (!isData(layer, raw) && names.length <= path.length && (isMap(raw) || Array.isArray(raw))) {
			const key = path[names.length - 1] ?? '';
			const child = childOf(raw, key);
			if (child === undefined) {
				return { gap: { names: [name, ...path.map(String)], depth: names.length, parent: raw } };
			}

			source = sourceOf(raw, Array.isArray(raw) ? Number(key) : key) ?? source;
			raw = child.value;
			names.push(String(key));
		}

		const value = isData(layer, raw) ? raw : this.#once(names, raw, source);
		return follow(value, path.slice(names.length - 1), names);
	}

	#once(names: readonly string[], raw: unknown, source: Source | undefined): unknown {
		const id = names.join('.');
		if (this.#rendered.has(id)) {
			return this.#rendered.get(id);
		}

		if (this.#pending.includes(id)) {
			const circle = [...this.#pending.slice(this.#pending.indexOf(id)), id];
			throw new BadValue(`variables that need each other: ${circle.join(' → ')}`, {
				source,
				hint: 'give one of them a value that does not use the others',
			});
		}

		this.#pending.push(id);
		try {
			const value = this.render(raw, source);
			this.#rendered.set(id, value);
			return value;
		} finally {
			this.#pending.pop();
		}
	}

	#winner(name: string): Layer | undefined {
		if (!this.#winners.has(name)) {
			this.#winners.set(
				name,
				this.#layers.find(({ values }) => Object.hasOwn(values, name)),
			);
		}

		return this.#winners.get(name);
	}

	#found(resolved: Resolved): unknown {
		if ('value' in resolved) {
			return resolved.value;
		}

		const { variable, summary, hint } = explainGap(resolved.gap, this.names());
		throw new UndefinedVariable(variable, summary, { hint });
	}

	#known(value: unknown): unknown {
		if (value instanceof Secret) {
			this.#options.secrets?.computed?.(value);
			return value;
		}

		const unknown = typeof value === 'object' ? findUnknown(value) : undefined;
		if (unknown) {
			throw new DependsOnUnknown(unknown);
		}

		return value;
	}

	#secret(reference: SecretReference, source: Source | undefined): Secret {
		if (this.#options.secrets === undefined) {
			throw new BadValue(`!secret ${reference.name}: there is no secret store here`, {
				source: reference.source ?? source,
				hint: 'secrets live beside an inventory folder: give one with -i, and make its store with "g2pbook secret init"',
			});
		}

		return this.#options.secrets.get(reference);
	}
}

/** Whether there is nothing in it to render. */
const isData = ({ literal }: Layer, value: unknown): boolean =>
	literal === true || value instanceof Unknown || isView(value);
