import lineinfile from '../../../src/modules/text/lineinfile.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { type ArgumentsOf, stateRows } from '../../rows.ts';

const path = '/etc/a';
const lines = (...texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

type Arguments = Omit<ArgumentsOf<typeof lineinfile>, 'path'>;

/** The same edit of the same text, before and after; the second run of it is a row of its own. */
const edits = (title: string, args: Arguments, before: string, after: string) => [
	{
		title,
		args: { path, ...args },
		host: { files: { [path]: before } },
		steps:
			before === after ? [] : [{ step: `upload /etc/a (${Buffer.byteLength(after)} bytes)`, content: after }],
	},
	...(before === after
		? []
		: [{ title: `${title}, and then nothing`, args: { path, ...args }, host: { files: { [path]: after } } }]),
];

export default stateRows(lineinfile, [
	...edits('adds a line at the end', { line: 'c' }, 'a\nb', lines('a', 'b', 'c')),
	...edits('knows the line', { line: 'b' }, lines('a', 'b', 'c'), lines('a', 'b', 'c')),
	...edits('knows a line that ends as on Windows', { line: 'b' }, 'a\r\nb\r\n', 'a\r\nb\r\n'),
	...edits('adds to an empty file', { line: 'first' }, '', lines('first')),
	...edits(
		'replaces the last match',
		{ regexp: '^#?Port ', line: 'Port 2222' },
		lines('#Port 22', 'x', 'Port 22'),
		lines('#Port 22', 'x', 'Port 2222'),
	),
	...edits(
		'replaces the first match when asked',
		{ regexp: '^#?Port ', line: 'Port 2222', firstmatch: true },
		lines('#Port 22', 'x', 'Port 22'),
		lines('Port 2222', 'x', 'Port 22'),
	),
	...edits(
		'adds what the pattern does not find, unless the line is there',
		{ regexp: '^Nothing', line: 'b' },
		lines('a', 'b'),
		lines('a', 'b'),
	),
	...edits(
		'finds a text that is no pattern',
		{ search_string: 'a.b', line: 'a.b=2' },
		lines('aXb=1', 'a.b=1'),
		lines('aXb=1', 'a.b=2'),
	),
	...edits('inserts at the beginning', { line: 'z', insertbefore: 'BOF' }, lines('a'), lines('z', 'a')),
	...edits(
		'inserts after the last match',
		{ line: 'new', insertafter: '^\\[s' },
		lines('[s1]', 'x', '[s2]', 'y'),
		lines('[s1]', 'x', '[s2]', 'new', 'y'),
	),
	...edits(
		'inserts before the first match',
		{ line: 'new', insertbefore: '^\\[s', firstmatch: true },
		lines('a', '[s1]', '[s2]'),
		lines('a', 'new', '[s1]', '[s2]'),
	),
	...edits(
		'inserts at the end when there is no place',
		{ line: 'new', insertafter: '^nowhere' },
		lines('a'),
		lines('a', 'new'),
	),
	...edits(
		'fills groups into the line',
		{ regexp: '^(?P<key>\\w+) = (\\d+)$', line: '\\g<key>=\\2', backrefs: true },
		lines('size = 10'),
		lines('size=10'),
	),
	...edits(
		'adds nothing when groups have nothing to stand for',
		{ regexp: '^size=(.*)', line: 'size=\\1', backrefs: true },
		lines('a'),
		lines('a'),
	),
	...edits(
		'keeps a dollar as it stands',
		{ regexp: '^home', line: "home=$HOME$&$'" },
		lines('home=/x'),
		lines("home=$HOME$&$'"),
	),
	...edits(
		'removes all lines that match',
		{ state: 'absent', regexp: '(?i)^swap' },
		lines('Swap 1', 'a', 'swap 2'),
		lines('a'),
	),
	...edits('removes a line', { state: 'absent', line: 'b' }, lines('a', 'b', 'bb'), lines('a', 'bb')),
	{ title: 'has nothing to remove from', args: { path, state: 'absent', line: 'b' }, host: { files: {} } },
	{
		title: 'does not make a file unasked',
		args: { path, line: 'a' },
		host: { files: {} },
		error: /no file at \/etc\/a\n`create: true`/,
	},
	{
		title: 'makes the file and its folder',
		args: { path: '/etc/app/a', line: 'a', create: true, mode: '0600' },
		host: { files: {} },
		steps: ['mkdir -p /etc/app', { step: 'upload /etc/app/a (2 bytes, 0600)', content: 'a\n' }],
	},
	{
		title: 'only sets the mode',
		args: { path, line: 'a', mode: '0600' },
		host: { files: { [path]: 'a\n' } },
		steps: ['chmod 0600 /etc/a'],
	},
	{
		title: 'edits the file behind a link',
		args: { path, line: 'b' },
		host: {
			files: { [path]: { target: '/srv/a' }, '/srv/a': 'a\n' },
			commands: { 'readlink -f /etc/a': '/srv/a\n' },
		},
		steps: [{ step: 'upload /srv/a (4 bytes)', content: 'a\nb\n' }],
	},
	{
		title: 'does not show a text with a secret line in it',
		args: { path, line: new Secret('password=x') },
		host: { files: { [path]: '' } },
		steps: [{ step: 'upload /etc/a (••••••)', content: 'password=x\n' }],
	},
	{
		title: 'does not edit what is no text',
		args: { path, line: 'a' },
		host: { files: { [path]: { content: Uint8Array.from([0xff, 0xfe, 0]) } } },
		error: /no text file.*\n.*UTF-8/,
	},
	{ title: 'refuses a wrong pattern', args: { path, line: 'a', regexp: '(' }, error: /regular expression/ },
	{ title: 'needs a line', args: { path }, error: /which line/ },
]);
