import type { Content, Local, Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { inFolder } from '../../shell/combine.ts';
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
};

type Arguments = { readonly src?: string | undefined; readonly content?: string | Secret | undefined };

/** The source on the controller. */
export async function localSource({ src = '', content }: Arguments, local: Local): Promise<Source> {
	if (content !== undefined) {
		return { name: '', folder: false, files: [{ relative: '', sha256: sha256Of(content), content }] };
	}

	const folder = await local.folder(src);
	const files = folder?.map(({ relative, file }) => ({ relative, sha256: file.sha256, content: file }));
	if (files !== undefined) {
		return { name: baseName(src), folder: true, files };
	}

	const file = await local.file(src);
	return {
		name: baseName(src),
		folder: false,
		files: [{ relative: '', sha256: file.sha256, content: file }],
	};
}

/** The source on the host itself. @throws ReadFailed when there is none. */
export async function remoteSource(src: string, host: Reader): Promise<Source> {
	const status = await host.stat(src, { follow: true });
	if (status?.type === 'directory') {
		const { stdout } = await host.read(inFolder(src, sh`find . -type f -exec sha256sum {} +`));
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

/** A source on the host as a value of the state, in the form of `sha256sum`. */
export const toLines = ({ files }: Source): readonly string[] =>
	files.map(({ sha256, relative }) => `${sha256}  ${relative}`);

/** The source that `toLines` wrote down. */
export function fromLines(src: string, lines: readonly string[]): Source {
	const files = lines
		.map((line) => /^([0-9a-f]{64}) [ *](?:\.\/)?(.*)$/.exec(line))
		.filter((match) => match !== null)
		.map(([, sha256 = '', relative = '']) => ({ relative, sha256, content: undefined }))
		.sort((a, b) => (a.relative < b.relative ? -1 : 1));
	return { name: baseName(src), folder: files[0]?.relative !== '', files };
}
