import { createHash } from 'node:crypto';
import type { Content, LocalFile, Reader, Step, Upload } from '../module/contract.ts';
import { Secret } from '../shell/secret.ts';

type Announced = Upload & { readonly owner: string; readonly group: string; readonly mode: string };

/**
 * Files that a check has announced on one host. Typed reads of later tasks see them, so that a chain (template,
 * then lineinfile on the same file) is judged as a run would find it.
 */
export class Overlay {
	readonly #files = new Map<string, Announced>();

	/** Take note of what these steps would put on the host. */
	async announce(steps: readonly Step[], reader: Pick<Reader, 'stat'>): Promise<void> {
		for (const step of steps) {
			if (step.kind === 'upload') {
				const before = await this.#status(step.path, reader);
				this.#files.set(step.path, {
					...step,
					mode: step.mode ?? before?.mode ?? '0644',
					owner: step.owner ?? before?.owner ?? 'root',
					group: step.group ?? before?.group ?? 'root',
				});
			}
		}
	}

	/** The reader, seeing announced files as if they were there. */
	over<R extends Omit<Reader, 'facts'>>(reader: R): R {
		if (this.#files.size === 0) {
			return reader;
		}

		return {
			...reader,
			stat: async (path, options) => this.#announced(path) ?? reader.stat(path, options),
			sha256: async (path) => {
				const file = this.#files.get(path);
				if (file === undefined) {
					return reader.sha256(path);
				}

				return isLocalFile(file.content)
					? file.content.sha256
					: createHash('sha256').update(bytesOf(file.content)).digest('hex');
			},
			content: async (path) => {
				const file = this.#files.get(path);
				return file === undefined || isLocalFile(file.content)
					? reader.content(path)
					: Buffer.from(bytesOf(file.content));
			},
		};
	}

	async #status(path: string, reader: Pick<Reader, 'stat'>) {
		return this.#announced(path) ?? reader.stat(path, { follow: true });
	}

	#announced(path: string) {
		const file = this.#files.get(path);
		return (
			file && {
				type: 'file' as const,
				mode: file.mode,
				owner: file.owner,
				group: file.group,
				// The ids of an owner that is given by name are not known before the file is made.
				uid: Number(file.owner) || 0,
				gid: Number(file.group) || 0,
				size: isLocalFile(file.content) ? file.content.size : bytesOf(file.content).length,
				modified: 0,
			}
		);
	}
}

const isLocalFile = (content: Content): content is LocalFile =>
	typeof content === 'object' && 'kind' in content && content.kind === 'local-file';

const bytesOf = (content: Exclude<Content, LocalFile>): Uint8Array =>
	content instanceof Secret ? Buffer.from(content.reveal()) : Buffer.from(content);
