/** An expression of Jinja; what CEL writes otherwise (`&&`, `!`, `a ? b : c`) comes to the same tree. */
export type Jinja =
	| { readonly kind: 'name' | 'number'; readonly text: string }
	| { readonly kind: 'text'; readonly text: string; readonly quote: string }
	| { readonly kind: 'list'; readonly items: readonly Jinja[] }
	| { readonly kind: 'map'; readonly entries: readonly (readonly [Jinja, Jinja])[] }
	| { readonly kind: 'member'; readonly of: Jinja; readonly key: string; readonly optional: boolean }
	| { readonly kind: 'index'; readonly of: Jinja; readonly at: Jinja; readonly optional: boolean }
	| { readonly kind: 'slice'; readonly of: Jinja; readonly from?: Jinja; readonly to?: Jinja }
	| { readonly kind: 'call'; readonly of: Jinja; readonly words: readonly Word[] }
	| {
			readonly kind: 'filter' | 'test';
			readonly of: Jinja;
			readonly name: string;
			readonly words: readonly Word[];
	  }
	| { readonly kind: 'not' | 'minus'; readonly of: Jinja }
	| { readonly kind: 'binary'; readonly sign: string; readonly left: Jinja; readonly right: Jinja }
	| { readonly kind: 'choice'; readonly test: Jinja; readonly yes: Jinja; readonly otherwise: Jinja };

/** An argument, which may have a name. */
export type Word = { readonly name?: string; readonly value: Jinja };
