/**
 * All that programs behind a proxy make of the target of a request, which is given and returned as bytes (one
 * character each): they decode once or more often, leave out what follows a semicolon (Tomcat, Undertow, Spring), take
 * backslashes for slashes and large letters for small ones, go up a folder, and do so in any order.
 */
export function readings(target: string): ReadonlySet<string> {
	const found = new Set<string>();
	const waiting = [target.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? ''];
	for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
		if (!found.has(path) && found.size < 5000) {
			found.add(path);
			waiting.push(...habits.map((habit) => habit(path)));
		}
	}

	return found;
}

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const text = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

const habits: readonly ((path: string) => string)[] = [
	(path) =>
		path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
	(path) => path.replace(/;[^/]*/g, ''),
	(path) => path.replace(/[?#].*/s, ''),
	(path) => path.replaceAll('\\', '/'),
	(path) => path.replace(/\/{2,}/g, '/'),
	upwards,
	(path) => path.replace(/\0.*/s, ''),
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what some leave out
	(path) => path.replace(/[\x00-\x1f\x7f"<>|]/g, ''),
	(path) => path.replace(/[. ]+(?=\/|$)/g, ''),
	(path) => path.replace(/(?<=\/) +/g, ''),
	(path) => path.replace(/ .*/s, ''),
	(path) => path.replace(/^[/\\]{2}[^/\\]*/, ''),
	// Characters that are only another form of a letter, a dot or a slash, and ones that nobody sees.
	(path) => bytes(text(path).normalize('NFKC')),
	(path) => bytes(text(path).toUpperCase().toLowerCase()),
	(path) => path.toLowerCase(),
	(path) => bytes(text(path).replace(/[\u00ad\u200b-\u200d\ufeff]/g, '')),
	// UTF-8 of two bytes where one would do.
	(path) =>
		path.replace(/([\xc0\xc1])([\x80-\xbf])/g, (_, one: string, two: string) =>
			String.fromCharCode(((one.charCodeAt(0) & 0x1f) << 6) | (two.charCodeAt(0) & 0x3f)),
		),
];

/** Without `.` and `..` (RFC 3986, 5.2.4). */
function upwards(path: string): string {
	const kept: string[] = [];
	for (const part of path.split('/').slice(1)) {
		if (part === '..') {
			kept.pop();
		} else if (part !== '.') {
			kept.push(part);
		}
	}

	return `/${kept.join('/')}`;
}
