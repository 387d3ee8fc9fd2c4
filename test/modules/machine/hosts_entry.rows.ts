import hostsEntry from '../../../src/modules/machine/hosts_entry.ts';
import { stateRows } from '../../rows.ts';

const base = '127.0.0.1 localhost\n::1 localhost ip6-localhost\n# by hand\n';
const host = (more = '') => ({ files: { '/etc/hosts': `${base}${more}` } });
const upload = (content: string) => ({ step: `upload /etc/hosts (${content.length} bytes)`, content });

export default stateRows(hostsEntry, [
	{
		title: 'adds an entry with our mark',
		args: { ip: '192.0.2.20', names: ['db1.example.org', 'db1'] },
		host: host(),
		steps: [upload(`${base}192.0.2.20 db1.example.org db1 # g2pbook\n`)],
		detail: [
			{ name: '/etc/hosts', before: base, after: `${base}192.0.2.20 db1.example.org db1 # g2pbook\n` },
		],
	},
	{
		title: 'is content with its own line',
		args: { ip: '192.0.2.20', names: 'db1' },
		host: host('192.0.2.20 db1 # g2pbook\n'),
	},
	{
		title: 'is content with what somebody else wrote',
		args: { ip: '192.0.2.20', names: 'db1' },
		host: host('192.0.2.20\tdb1.x db1\n'),
	},
	{
		title: 'moves a name to another address',
		args: { ip: '192.0.2.21', names: 'db1' },
		host: host('192.0.2.20 db1 db2 # g2pbook\n'),
		steps: [upload(`${base}192.0.2.20 db2 # g2pbook\n192.0.2.21 db1 # g2pbook\n`)],
	},
	{
		title: 'changes the names in place',
		args: { ip: '192.0.2.20', names: 'db1.example.org db1' },
		host: host('192.0.2.20 db1 # g2pbook\n192.0.2.9 x\n'),
		steps: [upload(`${base}192.0.2.20 db1.example.org db1 # g2pbook\n192.0.2.9 x\n`)],
	},
	{
		title: 'goes before a foreign line that says otherwise, and leaves that one alone',
		args: { ip: '192.0.2.20', names: 'db1' },
		host: host('127.0.1.1 db1\n'),
		steps: [upload(`${base}192.0.2.20 db1 # g2pbook\n127.0.1.1 db1\n`)],
	},
	{
		title: 'does not mind an IPv6 address of the same name',
		args: { ip: '2001:db8::20', names: 'db1' },
		host: host('192.0.2.20 db1 # g2pbook\n'),
		steps: [upload(`${base}192.0.2.20 db1 # g2pbook\n2001:db8::20 db1 # g2pbook\n`)],
	},
	{
		title: 'removes only our names of this address',
		args: { ip: '192.0.2.20', names: 'db1', state: 'absent' },
		host: host('192.0.2.20 db1 db2 # g2pbook\n192.0.2.20 db1\n192.0.2.21 db1 # g2pbook\n'),
		steps: [upload(`${base}192.0.2.20 db2 # g2pbook\n192.0.2.20 db1\n192.0.2.21 db1 # g2pbook\n`)],
	},
	{ title: 'has nothing to remove', args: { ip: '192.0.2.20', names: 'db1', state: 'absent' }, host: host() },
	{ title: 'wants an address', args: { ip: 'db1', names: 'x' }, error: /IPv4 or IPv6/ },
]);
