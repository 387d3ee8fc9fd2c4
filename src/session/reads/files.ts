import { randomBytes } from 'node:crypto';
import type { FileStatus } from '../../module/host-state.ts';
import type { Raw } from '../frames.ts';
import { readFailed } from '../read-failed.ts';
import { type Answer, askingFor, hintFor, inOrder, isDirectory, type Kind, presence, words } from './kind.ts';

// Slashes part the fields: no user or group name has one. The name comes last, because it may hold anything.
const format = '%f/%u/%g/%s/%Y/%U/%G/%n';

type Status = FileStatus | undefined;

/** One stat(1) for all paths, and one readlink(1) for each that is a link. */
export const stat = (follow: boolean): Kind<Status> => ({
	name: follow ? 'stat -L' : 'stat',
	line: (names) =>
		follow
			? askingFor('any', words(names), `stat -L -c ${format} --`)
			: `set -- ${words(names)}; ${askingFor('links', '"$@"', `stat -c ${format} --`)}; printf '\\0'; for p; do [ ! -L "$p" ] || { readlink -- "$p"; printf '\\0'; }; done`,
	answers(names, raw) {
		const end = raw.stdout.indexOf(0);
		const targets = end === -1 ? [] : raw.stdout.toString('utf8', end + 1).split('\n\0');
		let links = 0;
		return inOrder<Status>(names, raw, {
			what: 'stat of',
			missing: undefined,
			record(name, output, at) {
				const header = /^([0-9a-f]+)\/(\d+)\/(\d+)\/(\d+)\/(-?\d+)\/([^/]*)\/([^/]*)\//.exec(
					output.toString('utf8', at, at + 400),
				);
				const start = at + Buffer.byteLength(header?.[0] ?? '');
				const named = Buffer.from(`${name}\n`);
				if (header === null || !output.subarray(start, start + named.length).equals(named)) {
					return undefined;
				}

				const status = statusOf(header);
				return {
					value: status.type === 'link' ? { ...status, target: targets[links++] } : status,
					next: start + named.length,
				};
			},
		});
	},
});

const types: Readonly<Record<number, FileStatus['type']>> = {
	12: 'socket',
	10: 'link',
	8: 'file',
	6: 'block',
	4: 'directory',
	2: 'character',
	1: 'fifo',
};

function statusOf([
	,
	raw = '',
	uid = '',
	gid = '',
	size = '',
	modified = '',
	owner = '',
	group = '',
]: readonly string[]): FileStatus {
	const bits = Number.parseInt(raw, 16);
	return {
		type: types[bits >> 12] ?? 'file',
		mode: (bits & 0o7777).toString(8).padStart(4, '0'),
		owner: owner === 'UNKNOWN' ? uid : owner,
		group: group === 'UNKNOWN' ? gid : group,
		uid: Number(uid),
		gid: Number(gid),
		size: Number(size),
		modified: Number(modified),
	};
}

/** One sha256sum(1) for all files. A name with a backslash or a line break is written escaped, after a backslash. */
export const sha256: Kind<string | undefined> = {
	name: 'sha256',
	line: (names) => askingFor('files', words(names), 'sha256sum --'),
	answers: (names, raw) =>
		inOrder<string | undefined>(names, raw, {
			what: 'sha256sum of',
			missing: undefined,
			record(name, output, at) {
				const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
				for (const form of [`  ${name}\n`, `  ${escaped}\n`]) {
					const start = at + (output[at] === 92 ? 1 : 0);
					const hash = output.toString('latin1', start, start + 64);
					const rest = Buffer.from(form);
					if (
						/^[0-9a-f]{64}$/.test(hash) &&
						output.subarray(start + 64, start + 64 + rest.length).equals(rest)
					) {
						return { value: hash, next: start + 64 + rest.length };
					}
				}

				return undefined;
			},
		}),
};

/** Between two files of one cat(1). Nobody can foresee it, so no file has it in it. */
const boundary = `_g=${randomBytes(16).toString('hex')}`;

/** One cat(1) for all files, and after each of them its environment, which is the boundary alone (proc(5)). */
export const content: Kind<Buffer | undefined> = {
	name: 'content',
	line: (names) =>
		names.length === 1
			? askingFor('files', words(names), 'cat --')
			: askingFor('files', words(names), `env -i ${boundary} cat --`, '/proc/self/environ'),
	answers(names, raw) {
		const { present, output } = presence(names, raw);
		const isAlone = names.length === 1;
		const contents = isAlone ? [output] : split(output, Buffer.from(`${boundary}\0`));
		const asked = present.filter((state) => state === 'there' || state === 'unseen').length;
		const isClear = raw.code === 0 && contents.length === asked;
		return names.map((name, index): Answer<Buffer | undefined> => {
			if (present[index] === 'missing') {
				return { value: undefined };
			}

			if (present[index] === 'directory') {
				return isDirectory(`cat ${name}`);
			}

			return isClear ? { value: contents.shift() } : isAlone ? failed(name, raw) : { askAlone: true };
		});
	},
};

function failed(name: string, { code, stderr }: Raw): Answer<never> {
	const said = stderr.toString();
	return { failure: readFailed(`cat ${name}`, { code, stderr: said }, hintFor(said)) };
}

/** What stands before each boundary. */
function split(bytes: Buffer, end: Buffer): Buffer[] {
	const parts: Buffer[] = [];
	for (let start = 0, at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, start)) {
		parts.push(bytes.subarray(start, at));
		start = at + end.length;
	}

	return parts;
}
