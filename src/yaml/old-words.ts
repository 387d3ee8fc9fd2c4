/** A plain word as YAML 1.1 reads it; `surprise` says what a reader of YAML 1.2 would not expect. */
export type OldWord = { readonly value: unknown; readonly surprise?: string };

const yes = new Set(['yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']);
const no = new Set(['no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']);

const whole: readonly (readonly [form: RegExp, number: (digits: string) => number, surprise?: string])[] = [
	[/^[-+]?0b[01_]+$/, (digits) => Number.parseInt(digits.replace('0b', ''), 2)],
	[/^[-+]?0x[\da-fA-F_]+$/, (digits) => Number.parseInt(digits, 16)],
	[/^[-+]?0[0-7_]+$/, (digits) => Number.parseInt(digits, 8), 'octal'],
	[/^[-+]?(?:0|[1-9][\d_]*)$/, Number],
	[/^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/, sexagesimal, 'to base 60'],
	[/^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/, sexagesimal, 'to base 60'],
	[/^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/, Number],
];

/**
 * What PyYAML, and so Ansible, makes of a word without quotes: `no` is false, `010` is 8, `1_000` is 1000, `12:30` is 750,
 * and `1e3` is a text. Dates stay texts. (YAML 1.1, https://yaml.org/type/; PyYAML's resolver, which knows no `y` and `n`.)
 */
export function oldWord(word: string): OldWord {
	if (yes.has(word) || no.has(word)) {
		return { value: yes.has(word) };
	}

	if (/^(?:~|null|Null|NULL|)$/.test(word)) {
		return { value: null };
	}

	if (/^[-+]?\.(?:inf|Inf|INF)$/.test(word)) {
		return { value: word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
	}

	for (const [form, number, surprise] of whole) {
		if (form.test(word)) {
			const [sign, digits] = word.startsWith('-') ? [-1, word.slice(1)] : [1, word.replace('+', '')];
			const value = sign * number(digits.replaceAll('_', ''));
			return surprise === undefined ? { value } : { value, surprise };
		}
	}

	return { value: /^\.(?:nan|NaN|NAN)$/.test(word) ? Number.NaN : word };
}

function sexagesimal(digits: string): number {
	return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
