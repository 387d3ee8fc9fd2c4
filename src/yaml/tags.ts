import type { Source } from '../diagnostics.ts';

/** `!cel "…"` in YAML. */
export class CelExpression {
	readonly text: string;
	readonly source: Source | undefined;
	constructor(text: string, source?: Source) {
		this.text = text;
		this.source = source;
	}
}

/** `!secret NAME` or `!secret {name: …, generate: {…}}` in YAML. */
export class SecretReference {
	readonly name: string;
	readonly generate: { readonly length: number; readonly alphabet: string } | undefined;
	readonly source: Source | undefined;
	constructor(
		name: string,
		generate?: { readonly length: number; readonly alphabet: string },
		source?: Source,
	) {
		this.name = name;
		this.generate = generate;
		this.source = source;
	}
}
