/** The forms in which programs show a text: as it is, quoted for a shell, escaped for JSON, encoded for a URL. */
export function* formsOf(text: string): Iterable<string> {
	const json = JSON.stringify(text).slice(1, -1);
	yield* [text, json, JSON.stringify(json).slice(1, -1), ascii(json)];
	const url = encodeURIComponent(text);
	const strict = url.replaceAll(/[!'()*]/g, percent);
	yield* [url, url.replaceAll(/%../g, (code) => code.toLowerCase()), strict, strict.replaceAll('%20', '+')];
	// As bash, dash, and whoever prefers double quotes write it.
	const single = text.replaceAll("'", "'\\''");
	yield* [single, text.replaceAll("'", `'"'"'`), text.replaceAll(/[\\"$`]/g, '\\$&')];
}

const ascii = (text: string): string => text.replaceAll(/[^ -~]/g, (character) => `\\u${code(character, 4)}`);
const percent = (character: string): string => `%${code(character, 2).toUpperCase()}`;
const code = (character: string, digits: number): string =>
	character.charCodeAt(0).toString(16).padStart(digits, '0');

/** Of a piece that is shorter, too much else would look like it. */
const leastPiece = 4;

/** The text in base64 and hexadecimal: forms that programs break into lines, anywhere. */
export function* encodingsOf(text: string): Iterable<string> {
	const bytes = Buffer.from(text);
	yield bytes.toString('hex');
	for (const before of [0, 1, 2]) {
		for (const piece of base64Within(bytes, before)) {
			// A line may end within the first characters: then the rest is still found.
			for (const start of [0, 1, 2, 3].filter((skipped) => piece.length - skipped >= leastPiece)) {
				yield piece.slice(start);
			}
		}
	}
}

/**
 * What base64 makes of the bytes when this many others stand before them in their first group of three, without
 * the characters that they share with others; with the last one, in case nothing follows.
 */
function* base64Within(bytes: Buffer, before: number): Iterable<string> {
	const padded = Buffer.concat([Buffer.alloc(before), bytes])
		.toString('base64')
		.replace(/=+$/, '');
	const whole = padded.slice(Math.ceil((before * 4) / 3));
	const shared = (before + bytes.length) % 3 === 0 ? 0 : 1;
	for (const piece of new Set([whole, whole.slice(0, whole.length - shared)])) {
		yield piece;
		yield piece.replaceAll('+', '-').replaceAll('/', '_');
	}
}
