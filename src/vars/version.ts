const beforeRelease = new Set([
	'alpha',
	'beta',
	'a',
	'b',
	'c',
	'pre',
	'preview',
	'rc',
	'dev',
	'snapshot',
	'm',
]);

/**
 * Order of two versions as people read them: number by number, `1.9 < 1.10`, a leading `v` is no part of it,
 * pre-releases (`-rc1`, `~beta`) come before the release, and what is appended (`+rke2r2`, `-1ubuntu3`) counts.
 */
export function compareVersions(a: string, b: string): number {
	const [left, right] = [parts(a), parts(b)];
	for (let index = 0; index < Math.max(left.length, right.length); index++) {
		const difference = comparePart(left[index], right[index]);
		if (difference !== 0) {
			return difference;
		}
	}

	return 0;
}

const parts = (version: string): readonly (number | string)[] =>
	(
		version
			.trim()
			.replace(/^v(?=\d)/i, '')
			.toLowerCase()
			.match(/\d+|[a-z]+|~/g) ?? []
	).map((part) => (/^\d/.test(part) ? Number(part) : part));

function comparePart(a: number | string | undefined, b: number | string | undefined): number {
	if (typeof a === 'number' && typeof b === 'number') {
		return a - b;
	}

	if (typeof a === 'string' && typeof b === 'string' && weight(a) === weight(b)) {
		return a < b ? -1 : Number(a > b);
	}

	return weight(a) - weight(b);
}

/** `~` < a pre-release word < nothing more < any other word < a number; a zero more is nothing more. */
function weight(part: number | string | undefined): number {
	if (part === undefined || part === 0) {
		return 0;
	}

	if (typeof part === 'number') {
		return 2;
	}

	return part === '~' ? -2 : beforeRelease.has(part) ? -1 : 1;
}
