import type { Content, Local, Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { inFolder, sequence } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import type { Secret } from '../../shell/secret.ts';
import { baseName } from './base-name.ts';
import { sha256Of } from './sha256-of.ts';

/** One file to be copied. */
export type SourceFile = {
	/** Path below the folder; empty for a source that is a file itself. */
	readonly relative: string;
	readonly sha256: string;
	/** What to upload; undefined when it is on the host already. */
	readonly content: Content | undefined;
};

/** What is to be copied: one file, or all files of a folder. */
export type Source = {
	/** The name that it gets in a folder. */
	readonly name: string;
	readonly folder: boolean;
	readonly files: readonly SourceFile[];
	/** Paths of the folders in it. */
	readonly folders: readonly string[];
	/** Links that are copied as such. */
	readonly links: readonly Link[];
};

type Link = { readonly relative: string; readonly target: string };

type Arguments = { readonly src?: string | undefined; readonly content?: string | Secret | undefined };

/** The source on the controller. */
export async function localSource({ src = '', content }: Arguments, local: Local): Promise<Source> {
	if (content !== undefined) {
		return oneFile('', { sha256: sha256Of(content), content });
	}

	const folder = await local.folder(src);
	if (folder !== undefined) {
		const files = folder.files.map(({ relative, file }) => ({
			relative,
			sha256: file.sha256,
			content: file,
		}));
		return { ...folder, name: baseName(src), folder: true, files };
	}

	const file = await local.file(src);
	return oneFile(baseName(src), { sha256: file.sha256, content: file });
}

const oneFile = (name: string, file: Omit<SourceFile, 'relative'>): Source => ({
	name,
	folder: false,
	files: [{ relative: '', ...file }],
	folders: [],
	links: [],
});

/** Prints what is not a file below the folder that it runs in: `d  PATH` and `l  PATH<tab>TARGET`. */
const notFiles = sh`find . ${'!'} -name . -type d -exec printf ${'d  %s\\n'} {} + -o -type l -exec sh -c ${'for l; do printf "l  %s\\t%s\\n" "$l" "$(readlink "$l")"; done'} sh {} +`;

/** The source on the host itself. @throws ReadFailed when there is none. */
export async function remoteSource(src: string, host: Reader): Promise<Source> {
	const status = await host.stat(src, { follow: true });
	if (status?.type === 'directory') {
		const { stdout } = await host.read(
			inFolder(src, sequence(sh`find . -type f -exec sha256sum {} +`, notFiles)),
		);
		return fromLines(src, stdout.split('\n'));
	}

	const sha256 = await host.sha256(src);
	if (sha256 === undefined) {
		throw new ReadFailed(`there is no file or folder ${src} on the host`, {
			hint: 'with `remote_src: true` the source is looked for on the host, not beside the playbook',
		});
	}

	return fromLines(src, [`${sha256}  `]);
}

/** A source on the host as a value of the state, in the form of `sha256sum` and `notFiles`. */
export const toLines = ({ files, folders, links }: Source): readonly string[] => [
	...files.map(({ sha256, relative }) => `${sha256}  ${relative}`),
	...folders.map((relative) => `d  ${relative}`),
	...links.map(({ relative, target }) => `l  ${relative}\t${target}`),
];

/** The source that `toLines` wrote down. */
export function fromLines(src: string, lines: readonly string[]): Source {
	const found = lines
		.map((line) => /^([0-9a-f]{64}|d|l) [ *](?:\.\/)?(.*)$/.exec(line))
		.filter((match) => match !== null)
		.map(([, kind = '', text = '']) => ({ kind, text }))
		.sort((a, b) => (a.text < b.text ? -1 : 1));
	const files = found
		.filter(({ kind }) => kind.length > 1)
		.map(({ kind, text }) => ({ relative: text, sha256: kind, content: undefined }));
	const links = found
		.filter(({ kind }) => kind === 'l')
		.map(({ text }) => {
			const [relative = '', target = ''] = text.split('\t');
			return { relative, target };
		});
	return {
		name: baseName(src),
		folder: files[0]?.relative !== '',
		files,
		folders: found.filter(({ kind }) => kind === 'd').map(({ text }) => text),
		links,
	};
}
