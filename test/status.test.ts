import test from 'ava';
import { printStatus, readStatus } from '../src/report/status.ts';

const tab = (...words: readonly string[]) => words.join('\t');

const rows: readonly {
	readonly title: string;
	readonly told: readonly string[];
	readonly shown: readonly string[];
}[] = [
	{
		title: 'what is well is on one line for each tier',
		told: [tab('host', 'good', 'disks', '/ is 20 % full'), tab('files', 'good', 'NFS', 'answers')],
		shown: [
			'a',
			'  = host   disks: / is 20 % full',
			'  = files  NFS: answers',
			'',
			'Nothing needs a person: 1 host asked.',
		],
	},
	{
		title: 'what can wait, and what cannot, has a line of its own',
		told: [
			tab('host', 'note', 'restart', 'is waited for'),
			tab('host', 'wrong', 'clock', 'is not set'),
			tab('host', 'good', 'units', 'none has failed'),
		],
		shown: [
			'a',
			'  = host  units: none has failed',
			'  ? host  restart: is waited for',
			'  ✗ host  clock: is not set',
			'',
			'1 thing needs a person, on a.',
		],
	},
	{
		title: 'a long line is folded between two things',
		told: ['one', 'two', 'three'].map((what) => tab('host', 'good', what, 'is as well as can be')),
		shown: [
			'a',
			'  = host  one: is as well as can be · two: is as well as can be',
			'          three: is as well as can be',
			'',
			'Nothing needs a person: 1 host asked.',
		],
	},
	{
		title: 'other words of a host are left out, and none moves the cursor',
		told: ['motd of the host', tab('host', 'fine', 'x', 'y'), tab('host', 'wrong', 'x', 'a\u001b[2Jb')],
		shown: ['a', '  ✗ host  x: ab', '', '1 thing needs a person, on a.'],
	},
];

for (const { title, told, shown } of rows) {
	test(title, (t) => {
		const seen = readStatus(told.join('\n'));
		t.deepEqual(
			printStatus([{ host: 'a', seen }], { colour: false, width: 80 })
				.split('\n')
				.slice(0, -1),
			[...shown],
		);
	});
}
