import replace from '../../../src/modules/text/replace.ts';
import { type ArgumentsOf, stateRows } from '../../rows.ts';

const path = '/etc/a';

type Arguments = Omit<ArgumentsOf<typeof replace>, 'path'>;

const edits = (title: string, args: Arguments, before: string, after: string) => [
	{
		title,
		args: { path, ...args },
		host: { files: { [path]: before } },
		steps: [{ step: `upload /etc/a (${Buffer.byteLength(after)} bytes)`, content: after }],
	},
	{ title: `${title}, and then nothing`, args: { path, ...args }, host: { files: { [path]: after } } },
];

export default stateRows(replace, [
	...edits('replaces all matches', { regexp: 'old', replace: 'new' }, 'old a old\n', 'new a new\n'),
	...edits('deletes without a replacement', { regexp: '^#.*\\n' }, '# x\na\n# y\n', 'a\n'),
	...edits(
		'fills groups in, lines have ends',
		{ regexp: '^(\\w+)\\s*=\\s*(?P<value>\\d+)$', replace: '\\1: \\g<value>' },
		'a = 1\nb=2\n',
		'a: 1\nb: 2\n',
	),
	...edits(
		'stays between two places',
		{ regexp: '\\bx\\b', replace: 'y', after: '\\[b\\]', before: '\\[c\\]' },
		'x\n[b]\nx\n[c]\nx\n',
		'x\n[b]\ny\n[c]\nx\n',
	),
	...edits('stays after a place', { regexp: 'x', replace: 'y', after: 'here' }, 'x here x', 'x here y'),
	...edits('stays before a place', { regexp: 'x', replace: 'y', before: 'here' }, 'x here x', 'y here x'),
	{
		title: 'does nothing where the place is not found',
		args: { path, regexp: 'x', replace: 'y', after: 'nowhere' },
		host: { files: { [path]: 'x' } },
	},
	{
		title: 'would never come to rest',
		args: { path, regexp: 'a', replace: 'aa' },
		host: { files: { [path]: 'a' } },
		error: /every run would change/,
	},
	{
		title: 'needs the file',
		args: { path, regexp: 'a', replace: 'b' },
		host: { files: {} },
		error: /no file/,
	},
]);
