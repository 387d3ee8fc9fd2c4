/** The forms in which a program may show a text: as it is, quoted, escaped, encoded. Lines of a text are texts too. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
	const texts = [secret, ...secret.split('\n').filter((line) => line.length >= 16)];
	const forms = texts.flatMap((text) => [
		['as it is', text],
		['JSON', JSON.stringify(text).slice(1, -1)],
		['JSON in JSON', JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1)],
		['JSON in ASCII', ascii(JSON.stringify(text).slice(1, -1))],
		['URL', encodeURIComponent(text)],
		['form', new URLSearchParams({ '': text }).toString().slice(1)],
		[
			'XML',
			text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
		],
		['shell, single quotes', text.replaceAll("'", "'\\''")],
		['shell, as dash writes it', text.replaceAll("'", `'"'"'`)],
		['shell, double quotes', text.replaceAll(/[\\"$`]/g, '\\$&')],
		['hexadecimal', Buffer.from(text).toString('hex')],
		...[0, 1, 2].map((offset): [string, string] => [`base64 at ${offset}`, base64Within(text, offset)]),
	]);
	// What is this short stands everywhere by chance.
	return new Map(forms.flatMap(([name = '', form = '']) => (form.length < 4 ? [] : [[form, name] as const])));
}

const ascii = (text: string): string =>
	text.replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The base64 of a text that begins after `offset` other bytes of a group of three, without what its neighbours share. */
function base64Within(text: string, offset: number): string {
	const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
	const whole = bytes.subarray(offset === 0 ? 0 : 3, bytes.length - (bytes.length % 3));
	// Lines of 76 characters are usual: a piece that fits into one.
	return whole.toString('base64').slice(0, 36);
}
