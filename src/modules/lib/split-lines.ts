/** The lines of a text without their ends; the end of the last line makes no further, empty one. */
export const splitLines = (text: string): string[] => {
	const lines = text.split('\n');
	return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};
