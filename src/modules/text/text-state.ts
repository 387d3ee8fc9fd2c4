import { posix } from 'node:path';
import type { Reader, Step } from '../../module/contract.ts';
import { impossible, ReadFailed } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import { Secret } from '../../shell/secret.ts';
import { type Attributes, attributesOf } from '../files/attributes-of.ts';
import { ofPlainFile } from '../files/of-plain-file.ts';
import { putFile } from '../files/put-file.ts';

/** A text file that is edited in place: what matters is the whole text. */
export type TextState = Attributes & {
	readonly content: string;
	/** Where the file is, when the path that was given is a link to it. */
	readonly path?: string | undefined;
};

type Options = Attributes & {
	readonly path: string;
	readonly backup: boolean;
	readonly validate?: string | undefined;
};

/** The text at a path, links followed. @throws ReadFailed for a folder, a device, or what is not UTF-8. */
export async function readText(
	path: string,
	wanted: Attributes,
	host: Reader,
): Promise<TextState | undefined> {
	const meant = host.stat(path, { follow: true });
	const [itself, status, content] = await Promise.all([
		host.stat(path),
		meant,
		ofPlainFile(meant, host.content(path)),
	]);
	if (status === undefined) {
		return undefined;
	}

	const text = content?.toString();
	if (status.type !== 'file' || text === undefined || content?.equals(Buffer.from(text)) === false) {
		throw new ReadFailed(`${path} is no text file that could be edited`, {
			hint: status.type === 'file' ? 'it is not UTF-8' : `it is a ${status.type}`,
		});
	}

	const target =
		itself?.type === 'link' ? (await host.read(sh`readlink -f ${path}`)).stdout.trim() : undefined;
	return { content: text, path: target, ...attributesOf(status, wanted) };
}

/** The steps that make the file with this text, its folder too. */
export function createText(
	args: Options & { readonly create: boolean },
	{ content }: TextState,
	secret: boolean,
): Iterable<Step> {
	return args.create
		? [
				sh`mkdir -p ${posix.dirname(args.path)}`,
				...putFile(args.path, args, secret ? new Secret(content) : content),
			]
		: impossible(`there is no file at ${args.path}`, '`create: true` makes one');
}

/** The steps that give the file its new text or attributes. */
export const updateText = (
	args: Options,
	change: { readonly before: TextState; readonly after: TextState; readonly keys: ReadonlySet<string> },
	secret: boolean,
): Iterable<Step> =>
	putFile(
		change.before.path ?? args.path,
		args,
		secret ? new Secret(change.after.content) : change.after.content,
		change.keys,
	);
