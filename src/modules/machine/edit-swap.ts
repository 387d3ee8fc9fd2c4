/** Put in front of what others wrote into the fstab, so that they find it again. */
const off = '# turned off by g2pbook: ';

/** The lines of an fstab with this swap file, without it, or (no path) without any swap. */
export function editSwap(
	lines: readonly string[],
	path: string | undefined,
	state: 'present' | 'absent',
): readonly string[] {
	const isSwap = (line: string) => {
		const [src, , fstype] = line.trim().split(/\s+/);
		return (
			fstype === 'swap' && src !== undefined && !src.startsWith('#') && (path === undefined || src === path)
		);
	};

	if (path === undefined) {
		return lines.map((line) => (isSwap(line) ? `${off}${line}` : line));
	}

	if (state === 'absent') {
		return lines.filter((line) => !isSwap(line));
	}

	return lines.some(isSwap) ? lines : [...lines, `${path} none swap sw 0 0`];
}
