import blockinfile from '../../../src/modules/text/blockinfile.ts';
import { type ArgumentsOf, stateRows } from '../../rows.ts';

const path = '/etc/a';
const lines = (...texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const marked = (...texts: readonly string[]) =>
	lines('# BEGIN ANSIBLE MANAGED BLOCK', ...texts, '# END ANSIBLE MANAGED BLOCK');

type Arguments = Omit<ArgumentsOf<typeof blockinfile>, 'path'>;

const edits = (title: string, args: Arguments, before: string, after: string) => [
	{
		title,
		args: { path, ...args },
		host: { files: { [path]: before } },
		steps: [{ step: `upload /etc/a (${Buffer.byteLength(after)} bytes)`, content: after }],
	},
	{ title: `${title}, and then nothing`, args: { path, ...args }, host: { files: { [path]: after } } },
];

export default stateRows(blockinfile, [
	...edits('adds the block at the end', { block: 'x\ny' }, 'a', lines('a') + marked('x', 'y')),
	...edits(
		'replaces the block where it is',
		{ block: 'new\n' },
		lines('a') + marked('old', 'older') + lines('b'),
		lines('a') + marked('new') + lines('b'),
	),
	...edits(
		'inserts at the beginning',
		{ block: 'x', insertbefore: 'BOF' },
		lines('a'),
		marked('x') + lines('a'),
	),
	...edits(
		'inserts after a match',
		{ block: 'x', insertafter: '^a' },
		lines('a', 'b'),
		lines('a') + marked('x') + lines('b'),
	),
	...edits(
		'inserts before a match',
		{ block: 'x', insertbefore: '^b' },
		lines('a', 'b'),
		lines('a') + marked('x') + lines('b'),
	),
	...edits('removes the block', { state: 'absent' }, lines('a') + marked('x') + lines('b'), lines('a', 'b')),
	...edits('an empty block is taken out', { block: '' }, marked('x') + lines('b'), lines('b')),
	...edits(
		'has its own markers',
		{ block: 'x', marker: '<!-- {mark} -->', marker_begin: 'IN', marker_end: 'OUT' },
		marked('other'),
		marked('other') + lines('<!-- IN -->', 'x', '<!-- OUT -->'),
	),
	{
		title: 'makes the file when asked',
		args: { path, block: 'x', create: true },
		host: { files: {} },
		steps: ['mkdir -p /etc', 'upload /etc/a (60 bytes)'],
	},
	{
		title: 'does not make a file unasked',
		args: { path, block: 'x' },
		host: { files: {} },
		error: /no file/,
	},
	{ title: 'has nothing to remove from', args: { path, state: 'absent' }, host: { files: {} } },
	{
		title: 'needs a marker that can be told apart',
		args: { path, marker: '# mine' },
		error: /write \{mark\}/,
	},
]);
