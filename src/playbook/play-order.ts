import { sourceOf } from '../yaml/positions.ts';
import type { Fields } from './fields.ts';

/** `serial`: how many hosts at a time, in numbers or percentages; empty: all at once. */
export function readSerial(fields: Fields): readonly (number | string)[] {
	const value = fields.value('serial');
	if (value === undefined) {
		return [];
	}

	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	return list.flatMap((size, index): readonly (number | string)[] => {
		const digits = typeof size === 'string' && /^\d+$/.test(size) ? Number(size) : size;
		if (typeof digits === 'number' && Number.isInteger(digits) && digits > 0) {
			return [digits];
		}

		if (typeof size === 'string' && /^\d+(\.\d+)?%$/.test(size) && Number.parseFloat(size) > 0) {
			return [size];
		}

		fields.problems.error(
			'"serial" needs a number of hosts above 0, a percentage such as "30%", or a list of them',
			{
				source: (Array.isArray(value) ? sourceOf(value, index) : undefined) ?? fields.source('serial'),
			},
		);
		return [];
	});
}
