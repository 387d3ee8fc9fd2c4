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

/** `!vault` in YAML: what Ansible Vault has encrypted. It stands in nobody's way until it is used. */
export class VaultedValue {
	/** As it stands in the file. */
	readonly text: string;
	readonly source: Source | undefined;
	constructor(text: string, source?: Source) {
		this.text = text;
		this.source = source;
	}

	readonly summary = 'this value is encrypted with Ansible Vault, which g2pbook does not read';
	readonly hint =
		'show it with "ansible-vault view", store it with "g2pbook secret set NAME", write "!secret NAME" here';
}
