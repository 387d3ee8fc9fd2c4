import { readFailed } from '../read-failed.ts';
import { askingFor, hintFor, type Kind, presence, words } from './kind.ts';

/**
 * Kernel parameters are files below /proc/sys, read by one grep(1): that works where sysctl(8) is not installed, and
 * tells values of several lines apart.
 */
export const sysctl: Kind<string | undefined> = {
	name: 'sysctl',
	line: (names) => askingFor('any', words(names.map(pathOf)), "grep '' -- /dev/null"),
	answers(names, raw) {
		const { present, output } = presence(names, raw);
		const lines = new Map<string, string[]>();
		for (const line of output.toString().split('\n')) {
			const at = line.indexOf(':');
			const path = line.slice(0, at);
			lines.set(path, [...(lines.get(path) ?? []), line.slice(at + 1)]);
		}

		const errors = raw.stderr.toString().split('\n');
		return names.map((name, index) => {
			const path = pathOf(name);
			if (present[index] === 'missing') {
				return { value: undefined };
			}

			const value = lines.get(path);
			const error = errors.find((line) => line.includes(`${path}:`) || line.includes(`${path}'`));
			return value === undefined && error !== undefined
				? { failure: readFailed(`sysctl ${name}`, { code: raw.code, stderr: error }, hintFor(error)) }
				: // A parameter without a value, such as an empty list, is a file without a line.
					{ value: value?.join('\n') ?? '' };
		});
	},
};

/** As sysctl(8) has it: whichever of `.` and `/` comes first parts the names, the other stands for it inside one. */
function pathOf(key: string): string {
	const first = /[./]/.exec(key)?.[0];
	return `/proc/sys/${first === '.' ? key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.')) : key}`;
}
