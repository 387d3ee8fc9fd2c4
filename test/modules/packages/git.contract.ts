import git from '../../../src/modules/packages/git.ts';
import { contractRows } from '../../contract-rows.ts';

const commit = 'git -c user.name=x -c user.email=x@example.org commit --quiet --allow-empty --message';

const repository = (path: string) =>
	`command -v git >/dev/null || apt-get install --yes --quiet git >/dev/null; git init --quiet --initial-branch main ${path} && cd ${path} && ${commit} one && git tag v1 && ${commit} two`;

export default contractRows(git, [
	{
		title: 'a tag, for the first time',
		setup: repository('/srv/git-1'),
		args: { repo: '/srv/git-1', dest: '/srv/git-1-tree', version: 'v1' },
		verify: '[ "$(git -C /srv/git-1-tree log -1 --format=%s)" = one ]',
	},
	{
		title: 'a branch that went on',
		setup: `${repository('/srv/git-2')} && git clone --quiet /srv/git-2 /srv/git-2-tree && ${commit} three`,
		args: { repo: '/srv/git-2', dest: '/srv/git-2-tree', version: 'main' },
		verify: '[ "$(git -C /srv/git-2-tree log -1 --format=%s)" = three ]',
	},
	{
		title: 'only the newest commit of the default branch',
		setup: repository('/srv/git-3'),
		args: { repo: 'file:///srv/git-3', dest: '/srv/git-3-tree', depth: 1 },
		verify: '[ "$(git -C /srv/git-3-tree log --format=%s)" = two ]',
	},
]);
