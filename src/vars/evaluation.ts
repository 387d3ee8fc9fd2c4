import { callFunction, lookupEnvironment, lookupFile } from './call.ts';
import { type Expression, literalOf, variableName } from './cel.ts';
import { isNamespaced } from './check.ts';
import { decide } from './decide.ts';
import { functions, macros, optionalMethods, specialFunctions } from './functions.ts';
import { kindOf } from './kinds.ts';
import { callMacro, type Locals } from './macros.ts';
import { omit } from './omit.ts';
import { operate } from './operators.ts';
import { DependsOnUnknown } from './problems.ts';
import type { Resolved, Scope } from './scope.ts';
import { follow } from './template.ts';
import { Unknown } from './types.ts';
import { expectKind, Missing, Mistake, Opener, Optional } from './values.ts';

const none: Locals = new Map();

/** One walk through the tree of an expression that was checked. */
export class Evaluation {
	readonly opener = new Opener();
	readonly #text: string;
	readonly #scope: Scope;
	readonly #folder: string | undefined;

	constructor(text: string, scope: Scope, folder: string | undefined) {
		this.#text = text;
		this.#scope = scope;
		this.#folder = folder;
	}

	/** @throws Mistake, Missing, DependsOnUnknown, and what computing a variable throws. */
	run(node: Expression, locals: Locals = none): unknown {
		try {
			return this.#value(node, locals);
		} catch (error) {
			if (error instanceof Mistake) {
				error.at ??= node;
			}

			throw error;
		}
	}

	/** @throws Mistake when it is neither true nor false. */
	test(node: Expression, locals: Locals): boolean {
		const value = this.opener.open(this.run(node, locals));
		try {
			expectKind(value, 'boolean', this.#written(node), this.opener);
		} catch (error) {
			if (error instanceof Mistake) {
				error.at = node;
			}

			throw error;
		}

		return value === true;
	}

	#value(node: Expression, locals: Locals): unknown {
		switch (node.op) {
			case 'value':
				return literalOf(node.args);
			case 'id':
			case '.':
			case '[]':
				return this.#reference(node, locals);
			case '.?':
				return this.#optional(this.run(node.args[0], locals), node.args[1]);
			case '[?]':
				return this.#optional(this.run(node.args[0], locals), this.#key(node.args[1], locals));
			case '!_':
				return !this.test(node.args, locals);
			case '-_': {
				const value = this.opener.open(this.run(node.args, locals));
				expectKind(value, 'number', this.#written(node.args), this.opener);
				return -Number(value);
			}
			case '&&':
			case '||':
				return decide(
					node.op === '||',
					node.args.map((side) => () => this.test(side, locals)),
				);
			case '?:':
				return this.run(this.test(node.args[0], locals) ? node.args[1] : node.args[2], locals);
			case 'list':
				return node.args.map((item) => this.run(item, locals)).filter((item) => item !== omit);
			case 'map':
				return Object.fromEntries(
					node.args
						.map(([key, item]): [string, unknown] => [String(this.#key(key, locals)), this.run(item, locals)])
						.filter(([, item]) => item !== omit),
				);
			case 'call':
				return this.#call(node.args[0], node.args[1], locals);
			case 'rcall':
				return this.#method(node.args, locals);
			default:
				return this.#operator(node.op, node.args, locals);
		}
	}

	/** `a.b[c].d`: followed from its name on, so that of a big map only what is asked for is computed. */
	#reference(node: Expression, locals: Locals): unknown {
		const keys: (string | number)[] = [];
		let base = node;
		while (base.op === '.' || base.op === '[]') {
			keys.unshift(base.op === '.' ? base.args[1] : this.#key(base.args[1], locals));
			base = base.args[0];
		}

		if (base.op !== 'id') {
			const value = this.run(base, locals);
			return value instanceof Optional
				? keys.reduce<unknown>((current, key) => this.#optional(current, key), value)
				: this.#found(follow(value, keys, [this.#written(base)]), locals);
		}

		if (locals.has(base.args)) {
			return this.#found(follow(locals.get(base.args), keys, [base.args]), locals);
		}

		if (base.args !== 'vars') {
			return this.#found(this.#scope.resolve(base.args, keys), locals);
		}

		const [name, ...rest] = keys;
		return name === undefined
			? this.#scope.view()
			: this.#found(this.#scope.resolve(String(name), rest), locals);
	}

	#found(resolved: Resolved, locals: Locals): unknown {
		if ('gap' in resolved) {
			throw new Missing(resolved.gap, [...locals.keys()]);
		}

		if (resolved.value instanceof Unknown) {
			throw new DependsOnUnknown(resolved.value);
		}

		return resolved.value;
	}

	#optional(value: unknown, key: string | number): Optional {
		const inner = value instanceof Optional ? value.found : { value };
		const next = inner && follow(inner.value, [key]);
		return new Optional(next && 'value' in next ? { value: this.#found(next, none) } : undefined);
	}

	#key(node: Expression, locals: Locals): string | number {
		const value = this.opener.open(this.run(node, locals));
		if (typeof value === 'string' || typeof value === 'number') {
			return value;
		}

		throw new Mistake(
			`a key must be a text or a number, and ${this.#written(node)} is ${this.opener.describe(value)}`,
		);
	}

	#operator(operator: string, [left, right]: readonly [Expression, Expression], locals: Locals): unknown {
		const values = [this.run(left, locals), this.run(right, locals)].map((value) => this.opener.open(value));
		const [a, b] = values.map(kindOf);
		// Lists that are joined keep their secrets closed; for comparing, what is in them must be seen.
		const deep =
			operator === 'in' ? b === 'list' : operator !== '+' && a === b && (a === 'list' || a === 'map');
		const [first, second] = deep ? values.map((value) => this.opener.openAll(value)) : values;
		const texts = { leftText: this.#written(left), rightText: this.#written(right) };
		return operate(operator, { left: first, right: second, ...texts }, this.opener);
	}

	#call(name: string, nodes: readonly Expression[], locals: Locals): unknown {
		if (specialFunctions.has(name)) {
			return this.#special(name, nodes, locals);
		}

		const entry = functions.get(name);
		return (
			entry &&
			callFunction(
				entry,
				nodes.map((node) => this.run(node, locals)),
				this.opener,
			)
		);
	}

	#special(name: string, [first, second]: readonly Expression[], locals: Locals): unknown {
		if (first === undefined) {
			return undefined;
		}

		if (name === 'lookup_env' || name === 'lookup_file') {
			const value = this.opener.open(this.run(first, locals));
			expectKind(value, 'text', this.#written(first), this.opener);
			return name === 'lookup_env'
				? lookupEnvironment(String(value))
				: lookupFile(String(value), this.#folder);
		}

		const found = this.#attempt(first, locals, name === 'has');
		if (name === 'has') {
			return found !== undefined;
		}

		return found ? found.value : second && this.run(second, locals);
	}

	/** The value of something that may be missing. Whether a name exists is known without computing it. */
	#attempt(node: Expression, locals: Locals, existence: boolean): { readonly value: unknown } | undefined {
		const name = existence ? variableName(node) : undefined;
		if (name !== undefined && !locals.has(name)) {
			return this.#scope.has(name) ? { value: undefined } : undefined;
		}

		try {
			const value = this.run(node, locals);
			return value instanceof Optional ? value.found : { value };
		} catch (error) {
			if (error instanceof Missing) {
				return undefined;
			}

			throw error;
		}
	}

	#method(
		[name, receiver, nodes]: readonly [string, Expression, readonly Expression[]],
		locals: Locals,
	): unknown {
		if (isNamespaced(receiver, name) || macros.has(name) || optionalMethods.has(name)) {
			return callMacro({ name, receiver, nodes, locals, evaluation: this });
		}

		return this.#call(name, [receiver, ...nodes], locals);
	}

	#written = ({ start, end }: Expression): string => this.#text.slice(start, end);
}
