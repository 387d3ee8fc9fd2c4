/** Shell lines that print one thing each, by name. */
export type Probes = Readonly<Record<string, string>>;

/** What each probe printed, without blanks around it; empty when it printed nothing. */
export type Said = (name: string) => string;

/** Splits the output of all probes: each begins with a record separator (octal 036) and its name. */
export function sections(text: string): Said {
	const byName = new Map(
		text.split('\u001e').map((section) => {
			const end = section.indexOf('\n');
			return [section.slice(0, end), section.slice(end + 1).trim()];
		}),
	);
	return (name) => byName.get(name) ?? '';
}

export const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
