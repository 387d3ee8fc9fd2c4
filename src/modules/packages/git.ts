import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import type { Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { option, sh, type Word } from '../../shell/command.ts';
import { isCommit, remoteRef } from './remote-ref.ts';

type GitState = {
	readonly repo: string;
	readonly commit: string | undefined;
	/** Tracked files have changes that were not committed. */
	readonly modified: boolean | undefined;
	/** What the remote repository has under the wanted version; undefined when it was not asked. */
	readonly ref: string | undefined;
	readonly remoteCommit: string | undefined;
};

const word = () => z.string().regex(/^[^-\s]\S*$/, 'write it without blanks, and not with - in front');

const schema = z.strictObject({
	repo: word().describe('Address of the repository: https, ssh, or a path on the host.'),
	dest: hostPath().describe('Where the work tree goes; must be missing or empty the first time.'),
	version: word().default('HEAD').describe('Branch, tag or commit. `HEAD` is the default branch.'),
	depth: z
		.int()
		.positive()
		.optional()
		.describe('How many commits of the history to bring. All when not given.'),
	update: z.boolean().default(true).describe('`false`: once it is there, never ask the repository again.'),
	force: z.boolean().default(false).describe('Throw changes of tracked files away.'),
	recursive: z.boolean().default(true).describe('Bring submodules too.'),
	key_file: z
		.string()
		.regex(/^\/[\w./@-]+$/, 'write an absolute path without blanks')
		.optional()
		.describe('Private key on the host for ssh. Host keys are always verified, by known_hosts of the user.'),
});

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'git',
	summary: 'Ensure a work tree holds this version of a repository.',
	args: schema,
	examples: [
		'git: {repo: "https://github.com/OpenG2P/openg2p-packaging", dest: /opt/packaging, version: main, depth: 1}',
		'git: {repo: "git@example.org:site.git", dest: /srv/site, version: v1.2, key_file: /root/.ssh/deploy}',
	],
	returns: { after: 'The commit that is checked out.' },

	async current(args, host): Promise<GitState | undefined> {
		const { repo, dest, version, update } = args;
		// Not `rev-parse` alone: it would find a repository that the folder lies in.
		if ((await host.stat(`${dest}/.git`)) === undefined) {
			return undefined;
		}

		const [head, origin, status, remote] = await Promise.all([
			host.read(sh`git -C ${dest} rev-parse --verify HEAD`, { ok: [0, 128] }),
			host.read(sh`git -C ${dest} config --get remote.origin.url`, { ok: [0, 1] }),
			host.read(sh`git --no-optional-locks -C ${dest} status --porcelain --untracked-files=no`),
			update ? remoteRef(git(args), repo, version, host) : undefined,
		]);
		return {
			repo: origin.stdout.trim(),
			commit: head.code === 0 ? head.stdout.trim() : undefined,
			modified: status.stdout !== '',
			ref: remote?.name,
			remoteCommit: remote?.commit,
		};
	},

	desired({ repo, force }, _local, current): GitState {
		const { commit, ref, remoteCommit } = current ?? {};
		const isThere = remoteCommit !== undefined && commit?.startsWith(remoteCommit) === true;
		return {
			repo,
			commit: isThere ? commit : remoteCommit,
			modified: force ? false : undefined,
			ref,
			remoteCommit,
		};
	},

	*create(args) {
		const { repo, dest, version, depth } = args;
		const shallow = option('--depth', depth);
		if (!isCommit(version)) {
			yield sh`${git(args)} clone ${shallow} ${version !== 'HEAD' && ['--branch', version]} ${repo} ${dest}`;
		} else if (depth === undefined) {
			yield sh`${git(args)} clone --no-checkout ${repo} ${dest}`;
			yield sh`git -C ${dest} checkout --quiet --detach ${version}`;
		} else {
			yield sh`git init --quiet ${dest}`;
			yield sh`git -C ${dest} remote add origin ${repo}`;
			yield sh`${git(args)} -C ${dest} fetch --quiet ${shallow} origin ${version}`;
			yield sh`git -C ${dest} checkout --quiet --detach FETCH_HEAD`;
		}

		yield* submodules(args);
	},

	*update(args, { before, after, keys }) {
		const { repo, dest, depth } = args;
		if (before.modified === true && !args.force) {
			impossible(
				`tracked files in ${dest} have changes`,
				'commit them, or throw them away with `force: true`',
			);
		}

		yield* keys.has('repo') ? [sh`git -C ${dest} remote set-url origin ${repo}`] : [];
		const { commit, ref } = after;
		if (!keys.has('commit') || commit === undefined || ref === undefined) {
			yield* keys.has('modified') ? [sh`git -C ${dest} reset --quiet --hard`] : [];
			return;
		}

		yield depth === undefined
			? sh`${git(args)} -C ${dest} fetch --quiet --force --tags origin ${'+refs/heads/*:refs/remotes/origin/*'}`
			: sh`${git(args)} -C ${dest} fetch --quiet --force --depth ${depth} origin ${ref}`;
		yield* checkOut(dest, ref, commit);
		yield* submodules(args);
	},

	delete: () => [],

	result: (_args, state) => ({ after: state?.commit }),
});

function* checkOut(dest: string, ref: string, commit: string): Iterable<Step> {
	if (ref === 'HEAD') {
		yield sh`git -C ${dest} reset --quiet --hard ${commit}`;
	} else if (ref.startsWith('refs/heads/')) {
		yield sh`git -C ${dest} checkout --quiet --force -B ${ref.slice('refs/heads/'.length)} ${commit}`;
	} else {
		yield sh`git -C ${dest} checkout --quiet --force --detach ${commit}`;
	}
}

const submodules = (args: Arguments): readonly Step[] =>
	args.recursive ? [sh`${git(args)} -C ${args.dest} submodule --quiet update --init --recursive`] : [];

const git = ({ key_file }: Pick<Arguments, 'key_file'>): readonly Word[] => [
	'git',
	key_file !== undefined && [
		'-c',
		`core.sshCommand=ssh -i ${key_file} -o IdentitiesOnly=yes -o BatchMode=yes`,
	],
];
