import { join } from 'node:path';
import pLimit from 'p-limit';
import { ask, lengthOf, statusOf } from './ask.ts';
import { sized, sumOf } from './download.ts';
import { whyOf } from './not-had.ts';
import { type Known, withSums } from './sums.ts';
import type { Wanted } from './wanted.ts';

export type Preview = { readonly lines: readonly string[]; readonly missing: readonly string[] };

/** What would be downloaded into a folder, a line each, and what could not be had. Nothing is written. */
export async function previewBundle(folder: string, wanted: readonly Wanted[]): Promise<Preview> {
	const { known, lists, missing } = await withSums(wanted, folder, { looking: true });
	const limit = pLimit(8);
	const looked = await Promise.all(
		[...lists, ...known].map((one) => limit(async () => ({ one, size: await sizeToCome(one, folder) }))),
	);
	const gone = looked.filter(({ size }) => typeof size === 'object' && size.gone);
	const coming = looked.filter((file) => file.size !== 'there' && !gone.includes(file));
	const total = coming.reduce((sum, { size }) => sum + (typeof size === 'number' ? size : 0), 0);
	return {
		lines: [
			...looked.filter((file) => !gone.includes(file)).map(({ one, size }) => line(one, size)),
			`${coming.length} files to download, ${sized(total)} as far as sizes are known`,
		],
		missing: [
			...missing,
			...gone.map(({ one, size }) => `${one.path}: ${one.address} cannot be downloaded: ${whyNot(size)}`),
		],
	};
}

function line({ path, address }: Wanted, size: Size): string {
	const words = typeof size === 'number' ? sized(size) : size === 'there' ? size : '?';
	const from = size === 'there' ? '' : `  from ${address}${typeof size === 'object' ? ` (${size.why})` : ''}`;
	return `  ${words.padStart(10)}  ${path}${from}`;
}

const whyNot = (size: Size): string => (typeof size === 'object' ? size.why : '');

type Size = number | 'there' | { readonly why: string; readonly gone: boolean };

async function sizeToCome({ path, address, checksum }: Wanted | Known, folder: string): Promise<Size> {
	const seen = await sumOf(join(folder, path));
	if (seen !== undefined && (checksum === undefined || seen === checksum)) {
		return 'there';
	}

	try {
		const response = await ask(address, { method: 'HEAD', silence: 20_000 });
		response.destroy();
		const status = statusOf(response);
		// Some servers only answer who asks for all of it.
		return status === 200
			? (lengthOf(response) ?? { why: 'the server says no size', gone: false })
			: { why: `the server says ${status}`, gone: [404, 410].includes(status) };
	} catch (error) {
		return { why: whyOf(error), gone: true };
	}
}
