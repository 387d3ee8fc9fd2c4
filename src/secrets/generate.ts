import { randomInt } from 'node:crypto';
import { didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';

const digits = '0123456789';
const lowercase = 'abcdefghijklmnopqrstuvwxyz';
const uppercase = lowercase.toUpperCase();

/** What generated secrets are made of; from the narrowest to the widest. */
export const alphabets: Readonly<Record<string, string>> = {
	digits,
	hex: `${digits}abcdef`,
	lowercase: digits + lowercase,
	letters: lowercase + uppercase,
	alphanumeric: digits + lowercase + uppercase,
	base64url: `${digits}${lowercase}${uppercase}-_`,
	// Without quotes, backslash, $, @, :, / and #, which connection strings and shells trip over.
	printable: `${digits}${lowercase}${uppercase}!%&()*+,-.;<=>?[]^_{|}~`,
};

export type Recipe = { readonly length: number; readonly alphabet: string };

/** A random text; each character is equally likely. @throws BadInput for an alphabet that there is not. */
export function generate({ length, alphabet }: Recipe): string {
	const characters = Object.hasOwn(alphabets, alphabet) ? alphabets[alphabet] : undefined;
	if (characters === undefined) {
		const known = Object.keys(alphabets);
		throw new BadInput(`there is no alphabet "${alphabet}"`, {
			hint: didYouMean(alphabet, known) ?? `known are ${known.join(', ')}`,
		});
	}

	return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

/** What a value looks like it was generated with; for an empty or odd one, the usual. */
export function recipeOf(value: string): Recipe {
	const found = Object.entries(alphabets).find(([, characters]) =>
		[...value].every((one) => characters.includes(one)),
	);
	return value === '' || found === undefined
		? { length: Math.max(32, value.length), alphabet: 'alphanumeric' }
		: { length: value.length, alphabet: found[0] };
}
