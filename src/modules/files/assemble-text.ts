/** A part of an assembled file. */
export type Fragment = { readonly name: string; readonly text: string };

/** The fragments in the order of their names, with the delimiter on lines of its own between them. */
export function assembleText(fragments: readonly Fragment[], delimiter: string | undefined): string {
	const texts = fragments.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text);
	const between = delimiter === undefined ? '' : ended(delimiter);
	return texts.map((text, index) => (index === texts.length - 1 ? text : ended(text) + between)).join('');
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
