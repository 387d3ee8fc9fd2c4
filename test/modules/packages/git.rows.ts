import git from '../../../src/modules/packages/git.ts';
import { stateRows } from '../../rows.ts';

const repo = 'https://example.org/site.git';
const dest = '/srv/site';
const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

/** A work tree at commit one, and what the remote repository answers. */
const host = (remote: Readonly<Record<string, string>>, status = '') => ({
	files: { '/srv/site/.git': { type: 'directory' as const } },
	commands: {
		'git -C /srv/site rev-parse --verify HEAD': `${one}\n`,
		'git -C /srv/site config --get remote.origin.url': `${repo}\n`,
		'git --no-optional-locks -C /srv/site status --porcelain --untracked-files=no': status,
		...remote,
	},
});

const submodules = 'git -C /srv/site submodule --quiet update --init --recursive';
const main = `git ls-remote ${repo} refs/heads/main 'refs/tags/main^{}' refs/tags/main`;

export default stateRows(git, [
	{
		title: 'clones a branch, shallow',
		args: { repo, dest, version: 'main', depth: 1 },
		host: { files: {} },
		steps: [`git clone --depth 1 --branch main ${repo} /srv/site`, submodules],
	},
	{
		title: 'clones a commit',
		args: { repo, dest, version: one, recursive: false },
		host: { files: {} },
		steps: [`git clone --no-checkout ${repo} /srv/site`, `git -C /srv/site checkout --quiet --detach ${one}`],
	},
	{
		title: 'brings only one commit',
		args: { repo, dest, version: one, depth: 1, recursive: false },
		host: { files: {} },
		steps: [
			'git init --quiet /srv/site',
			`git -C /srv/site remote add origin ${repo}`,
			`git -C /srv/site fetch --quiet --depth 1 origin ${one}`,
			'git -C /srv/site checkout --quiet --detach FETCH_HEAD',
		],
	},
	{
		title: 'is up to date',
		args: { repo, dest, version: 'main' },
		host: host({ [main]: `${one}\trefs/heads/main\n` }),
		result: { after: one },
	},
	{
		title: 'follows a branch',
		args: { repo, dest, version: 'main' },
		host: host({ [main]: `${two}\trefs/heads/main\n${one}\trefs/tags/main\n` }),
		steps: [
			"git -C /srv/site fetch --quiet --force --tags origin '+refs/heads/*:refs/remotes/origin/*'",
			`git -C /srv/site checkout --quiet --force -B main ${two}`,
			submodules,
		],
	},
	{
		title: 'takes the commit of an annotated tag',
		args: { repo, dest, version: 'v1', depth: 1, recursive: false },
		host: host({
			[`git ls-remote ${repo} refs/heads/v1 'refs/tags/v1^{}' refs/tags/v1`]: `${one}\trefs/tags/v1\n${two}\trefs/tags/v1^{}\n`,
		}),
		steps: [
			'git -C /srv/site fetch --quiet --force --depth 1 origin refs/tags/v1',
			`git -C /srv/site checkout --quiet --force --detach ${two}`,
		],
	},
	{
		title: 'follows the default branch on the branch that is checked out',
		args: { repo, dest, recursive: false, depth: 5 },
		host: host({ [`git ls-remote ${repo} HEAD`]: `${two}\tHEAD\n` }),
		steps: [
			'git -C /srv/site fetch --quiet --force --depth 5 origin HEAD',
			`git -C /srv/site reset --quiet --hard ${two}`,
		],
	},
	{ title: 'asks nobody about a whole commit', args: { repo, dest, version: one }, host: host({}) },
	{
		title: 'knows a commit by its beginning',
		args: { repo, dest, version: one.slice(0, 8) },
		host: host({
			[`git ls-remote ${repo} refs/heads/11111111 'refs/tags/11111111^{}' refs/tags/11111111`]: '',
		}),
	},
	{
		title: 'asks nobody without update',
		args: { repo, dest, version: 'main', update: false },
		host: host({}),
	},
	{
		title: 'does not throw work away',
		args: { repo, dest, version: two },
		host: host({}, ' M a\n'),
		error: /tracked files in \/srv\/site have changes/,
	},
	{
		title: 'throws work away when told to',
		args: { repo, dest, version: one, force: true },
		host: host({}, ' M a\n'),
		steps: ['git -C /srv/site reset --quiet --hard'],
	},
	{
		title: 'does not know the version',
		args: { repo, dest, version: 'main' },
		host: host({ [main]: '' }),
		error: /has no branch or tag named main/,
	},
	{
		title: 'a version is no option',
		args: { repo, dest, version: '--upload-pack=x' },
		error: /not with - in front/,
	},
	{
		title: 'uses a key, and verifies hosts',
		args: { repo: 'git@example.org:a', dest, key_file: '/root/.ssh/k', recursive: false },
		host: { files: {} },
		steps: [
			"git -c 'core.sshCommand=ssh -i /root/.ssh/k -o IdentitiesOnly=yes -o BatchMode=yes' clone git@example.org:a /srv/site",
		],
	},
]);
