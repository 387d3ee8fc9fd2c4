/** What pg_settings says about the kind of a parameter. */
export type SettingKind = {
	readonly name: string;
	/** `bool`, `integer`, `real`, `enum`, `string`. */
	readonly type: string;
	/** What one means without a unit: `8kB`, `ms` … */
	readonly unit: string | null;
};

const bytes: Readonly<Record<string, number>> = { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const milliseconds: Readonly<Record<string, number>> = {
	us: 0.001,
	ms: 1,
	s: 1000,
	min: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Parameters whose value is a list of names, each quoted by itself (as pg_dump knows them). */
const listsOfNames = new Set([
	'local_preload_libraries',
	'search_path',
	'session_preload_libraries',
	'shared_preload_libraries',
	'temp_tablespaces',
	'unix_socket_directories',
]);

/** The items of a value that is a list of names; undefined for any other value. */
export function settingList(name: string, value: string): readonly string[] | undefined {
	return listsOfNames.has(name)
		? value
				.split(',')
				.map((item) => item.trim().replace(/^"(.*)"$/, '$1'))
				.filter((item) => item !== '')
		: undefined;
}

/** One spelling for all that mean the same: `4GB` and 524288 pages of 8kB, `on` and `true`, `a,b` and `a, b`. */
export function canonicalSetting({ name, type, unit }: SettingKind, value: string): string {
	const text = value.trim();
	switch (type) {
		case 'bool':
			return canonicalBoolean(text.toLowerCase());
		case 'enum':
			return text.toLowerCase();
		case 'integer':
		case 'real':
			return canonicalNumber(text, unit ?? '');
		default:
			return settingList(name, value)?.join(', ') ?? value;
	}
}

// The server takes any beginning that is not ambiguous.
function canonicalBoolean(text: string): string {
	const begins = (word: string, least: number) => text.length >= least && word.startsWith(text);
	if (text === '1' || begins('true', 1) || begins('yes', 1) || begins('on', 2)) {
		return 'on';
	}

	return text === '0' || begins('false', 1) || begins('no', 1) || begins('off', 2) ? 'off' : text;
}

function canonicalNumber(text: string, unit: string): string {
	const found = /^(-?[\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(text);
	if (found === null) {
		return text;
	}

	const [, number = '', own = ''] = found;
	const factor = own === '' ? 1 : scale(own) / scale(unit);
	return Number.isFinite(factor) ? String(Number((Number(number) * factor).toFixed(6))) : text;
}

/** How much one of a unit is; NaN for what is no unit. `8kB` is eight of them. */
function scale(unit: string): number {
	const [, count = '', name = ''] = /^(\d*)(\w*)$/.exec(unit) ?? [];
	return Number(count === '' ? 1 : count) * (bytes[name] ?? milliseconds[name] ?? Number.NaN);
}
