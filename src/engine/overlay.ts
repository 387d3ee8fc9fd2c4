import { createHash } from 'node:crypto';
import type { Content, LocalFile, Reader, Step, Upload } from '../module/contract.ts';
import type { Brought, FileStatus } from '../module/host-state.ts';
import { Secret } from '../shell/secret.ts';

type Announced = Upload & { readonly owner: string; readonly group: string; readonly mode: string };

/**
 * Files, folders and packages that a check has announced on one host. Typed reads of later tasks see them, so that a
 * chain (template, then lineinfile on the same file) is judged as a run would find it, and a package that two roles ask
 * for is announced once.
 */
export class Overlay {
	readonly #files = new Map<string, Announced>();
	readonly #folders = new Map<string, Pick<FileStatus, 'mode' | 'owner' | 'group'>>();
	readonly #packages = new Set<string>();

	/** Take note of what these steps would put on the host. */
	async announce(
		steps: readonly Step[],
		{ packages = [], folder }: Brought,
		reader: Pick<Reader, 'stat'>,
	): Promise<void> {
		for (const name of packages) {
			this.#packages.add(name);
		}

		if (folder !== undefined) {
			const before = await this.#status(folder.path, reader);
			this.#folders.set(folder.path, {
				mode: folder.mode ?? before?.mode ?? '0755',
				owner: folder.owner ?? before?.owner ?? 'root',
				group: folder.group ?? before?.group ?? 'root',
			});
		}

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
		return {
			...reader,
			package: async (name) =>
				this.#packages.has(name)
					? ((await reader.package(name)) ?? { version: 'announced', held: false })
					: reader.package(name),
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

	#announced(path: string): FileStatus | undefined {
		const file = this.#files.get(path);
		const folder = this.#folders.get(path);
		return file === undefined
			? folder && statusOf('directory', folder, 0)
			: statusOf('file', file, isLocalFile(file.content) ? file.content.size : bytesOf(file.content).length);
	}
}

const statusOf = (
	type: FileStatus['type'],
	{ mode, owner, group }: Pick<FileStatus, 'mode' | 'owner' | 'group'>,
	size: number,
): FileStatus => ({
	...{ type, mode, owner, group, size, modified: 0 },
	// The ids of an owner that is given by name are not known before it is made.
	uid: Number(owner) || 0,
	gid: Number(group) || 0,
});

const isLocalFile = (content: Content): content is LocalFile =>
	typeof content === 'object' && 'kind' in content && content.kind === 'local-file';

const bytesOf = (content: Exclude<Content, LocalFile>): Uint8Array =>
	content instanceof Secret ? Buffer.from(content.reveal()) : Buffer.from(content);
