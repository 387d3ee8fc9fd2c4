import iniFile from '../../../src/modules/text/ini_file.ts';
import { type ArgumentsOf, stateRows } from '../../rows.ts';

const path = '/etc/a.ini';

type Arguments = Omit<ArgumentsOf<typeof iniFile>, 'path'>;

const edits = (title: string, args: Arguments, before: string, after: string) => [
	{
		title,
		args: { path, ...args },
		host: { files: { [path]: before } },
		steps: [{ step: `upload /etc/a.ini (${Buffer.byteLength(after)} bytes)`, content: after }],
	},
	{ title: `${title}, and then nothing`, args: { path, ...args }, host: { files: { [path]: after } } },
];

const a1 = { section: 'a', option: 'x', value: 1 };

export default stateRows(iniFile, [
	...edits('sets an option', a1, '[a]\nx = 0\n[b]\nx = 0\n', '[a]\nx = 1\n[b]\nx = 0\n'),
	...edits(
		'adds an option at the end of its section',
		a1,
		'[a]\ny = 2\n\n[b]\n',
		'[a]\ny = 2\nx = 1\n\n[b]\n',
	),
	...edits('adds a section', a1, '[b]\ny = 2\n', '[b]\ny = 2\n[a]\nx = 1\n'),
	...edits('takes the place of a comment', a1, '[a]\n;x = 0\ny = 2\n', '[a]\nx = 1\ny = 2\n'),
	...edits('leaves one of several', a1, '[a]\nx = 0\ny = 2\nx = 3\n', '[a]\nx = 1\ny = 2\n'),
	...edits(
		'writes before the first section',
		{ option: 'x', value: true },
		'y = 2\n[a]\n',
		'y = 2\nx = true\n[a]\n',
	),
	...edits('writes tightly', { ...a1, no_extra_spaces: true }, '[a]\n', '[a]\nx=1\n'),
	...edits(
		'writes without a value',
		{ section: 'a', option: 'x', allow_no_value: true },
		'[a]\n',
		'[a]\nx\n',
	),
	...edits('adds an empty section', { section: 'a' }, 'y = 2\n', 'y = 2\n[a]\n'),
	...edits(
		'removes an option',
		{ section: 'a', option: 'x', state: 'absent' },
		'[a]\nx = 0\n[b]\nx\n',
		'[a]\n[b]\nx\n',
	),
	...edits('removes a section', { section: 'a', state: 'absent' }, '[a]\nx = 0\n[b]\nx\n', '[b]\nx\n'),
	{
		title: 'takes a value for the same however it is written',
		args: { path, ...a1 },
		host: { files: { [path]: '[a]\nx=1\n' } },
	},
	{
		title: 'makes the file',
		args: { path, ...a1 },
		host: { files: {} },
		steps: ['mkdir -p /etc', { step: 'upload /etc/a.ini (10 bytes)', content: '[a]\nx = 1\n' }],
	},
	{ title: 'has nothing to remove from', args: { path, section: 'a', state: 'absent' }, host: { files: {} } },
	{ title: 'needs a value', args: { path, section: 'a', option: 'x' }, error: /needs a `value`/ },
]);
