import fetch from '../../../src/modules/files/fetch.ts';
import { controllerFile } from '../../rows/controller-files.ts';
import { actionRows } from '../../rows.ts';

const old = controllerFile('fetched/web1/etc/old', 'same');
const playbook_dir = old.path.replace(/\/fetched.*/, '');
const run = { variables: { playbook_dir } };

export default actionRows(fetch, [
	{
		title: 'brings a file under the name of its host',
		args: { src: '/etc/new', dest: 'fetched' },
		run,
		host: { files: { '/etc/new': 'text' } },
		outcome: { changed: true, result: { dest: `${playbook_dir}/fetched/web1/etc/new`, file: '/etc/new' } },
	},
	{
		title: 'has the file already',
		args: { src: '/etc/old', dest: 'fetched/' },
		run,
		host: { files: { '/etc/old': 'same' } },
		outcome: { changed: false },
	},
	{
		title: 'puts it flat into a folder',
		args: { src: '/etc/new', dest: 'flat/', flat: true },
		run,
		host: { files: { '/etc/new': 'text' } },
		outcome: { changed: true, result: { dest: `${playbook_dir}/flat/new` } },
	},
	{
		title: 'stays in its folder',
		args: { src: '/etc/../../../web2/a', dest: 'fetched' },
		run,
		host: { files: { '/etc/../../../web2/a': 'text' } },
		error: /outside of/,
	},
	{
		title: 'does not trust the name of a host either',
		args: { src: '/a', dest: 'fetched' },
		run,
		host: { name: '../web2', files: { '/a': 'text' } },
		error: /outside of/,
	},
	{
		title: 'may find nothing',
		args: { src: '/a', dest: 'fetched', fail_on_missing: false },
		run,
		host: { files: {} },
		outcome: { changed: false },
	},
	{
		title: 'misses the file',
		args: { src: '/a', dest: 'x' },
		run,
		host: { files: {} },
		error: /no file \/a on web1/,
	},
]);
