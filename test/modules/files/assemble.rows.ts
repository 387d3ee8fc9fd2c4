import assemble from '../../../src/modules/files/assemble.ts';
import { stateRows } from '../../rows.ts';

const args = { src: '/etc/a.d', dest: '/etc/a' };
const list = 'find /etc/a.d/ -maxdepth 1 -type f';
const host = {
	files: { '/etc/a.d/10': 'one', '/etc/a.d/20': 'two\n', '/etc/a.d/.x': 'hidden\n', '/etc/a': 'one\ntwo\n' },
	commands: { [list]: '/etc/a.d/20\n/etc/a.d/10\n' },
};

export default stateRows(assemble, [
	{ title: 'is assembled from fragments on the host', args, host },
	{
		title: 'assembles in the order of the names',
		args: { ...args, delimiter: '--', dest: '/etc/b', mode: '0600' },
		host,
		steps: [{ step: 'upload /etc/b (11 bytes, 0600)', content: 'one\n--\ntwo\n' }],
		detail: [{ name: '/etc/b', before: '', after: 'one\n--\ntwo\n' }],
	},
	{
		title: 'takes only what is wanted',
		args: { ...args, regexp: '^\\d+$', ignore_hidden: true },
		host: { ...host, commands: { [list]: '/etc/a.d/20\n/etc/a.d/.x\n/etc/a.d/README\n' } },
		steps: [{ step: 'upload /etc/a (4 bytes)', content: 'two\n' }],
	},
	{
		title: 'assembles what lies beside the playbook',
		args: { src: 'parts', dest: '/etc/new', remote_src: false },
		run: { folders: { parts: { b: 'B\n', a: 'A\n', 'deeper/c': 'C\n' } } },
		host: { files: {} },
		steps: [{ step: 'upload /etc/new (4 bytes)', content: 'A\nB\n' }],
	},
	{ title: 'needs a whole path on the host', args: { src: 'parts', dest: '/etc/a' }, error: /absolute path/ },
]);
