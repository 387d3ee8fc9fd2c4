import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { sh, type Word } from '../../shell/command.ts';

/** What a version means in the remote repository. */
export type RemoteRef = {
	/** `HEAD`, `refs/heads/…`, `refs/tags/…`, or the commit itself. */
	readonly name: string;
	/** As much of the commit's hash as is known. */
	readonly commit: string;
};

/** Whether a version is written as a commit. */
export const isCommit = (version: string): boolean => /^[0-9a-f]{7,40}$/.test(version);

/**
 * Asks the repository what a branch, a tag or `HEAD` is now; a whole commit needs no asking.
 * @throws ReadFailed when it cannot be reached or has no such version.
 */
export async function remoteRef(
	git: readonly Word[],
	repo: string,
	version: string,
	host: Reader,
): Promise<RemoteRef> {
	if (/^[0-9a-f]{40}$/.test(version)) {
		return { name: version, commit: version };
	}

	const names =
		version === 'HEAD'
			? ['HEAD']
			: [`refs/heads/${version}`, `refs/tags/${version}^{}`, `refs/tags/${version}`];
	const { stdout } = await host.read(sh`${git} ls-remote ${repo} ${names}`);
	const commits = new Map(
		stdout.split('\n').map((line) => {
			const [commit = '', name = ''] = line.split('\t');
			return [name, commit];
		}),
	);
	// A branch before a tag of the same name, and the commit of an annotated tag rather than the tag.
	for (const name of names) {
		const commit = commits.get(name);
		if (commit !== undefined) {
			return { name: name.replace(/\^\{\}$/, ''), commit };
		}
	}

	if (isCommit(version)) {
		return { name: version, commit: version };
	}

	throw new ReadFailed(`${repo} has no branch or tag named ${version}`);
}
