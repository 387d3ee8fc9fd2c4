import sysctl from '../../../src/modules/machine/sysctl.ts';
import { stateRows } from '../../rows.ts';

const path = '/etc/sysctl.d/99-g2pbook.conf';
const name = 'net.ipv4.ip_forward';
const upload = (content: string) => ({ step: `upload ${path} (${content.length} bytes)`, content });

export default stateRows(sysctl, [
	{
		title: 'writes the file and tells the kernel',
		args: { name, value: 1 },
		host: { files: {}, sysctl: { [name]: '0' } },
		steps: [upload(`${name} = 1\n`), `sysctl --quiet --write ${name}=1`],
	},
	{
		title: 'is content with both, however they are spaced',
		args: { name: 'net.ipv4.tcp_rmem', value: '4096 87380  6291456' },
		host: {
			files: { [path]: 'net/ipv4/tcp_rmem=4096 87380\t6291456\n' },
			sysctl: { 'net.ipv4.tcp_rmem': '4096\t87380\t6291456' },
		},
	},
	{
		title: 'changes the line in its place and drops a second one',
		args: { name, value: '1' },
		host: { files: { [path]: `# a\n${name} = 0\nvm.x = 2\n${name}=0\n` }, sysctl: { [name]: '1' } },
		steps: [upload(`# a\n${name} = 1\nvm.x = 2\n`)],
	},
	{
		title: 'corrects what drifted in the kernel',
		args: { name, value: 1 },
		host: { files: { [path]: `${name} = 1\n` }, sysctl: { [name]: '0' } },
		steps: [`sysctl --quiet --write ${name}=1`],
	},
	{
		title: 'leaves the kernel alone when told so',
		args: { name, value: 1, reload: false },
		host: { files: { [path]: `${name} = 1\n` } },
	},
	{
		title: 'takes it out of the file',
		args: { name, state: 'absent' },
		host: { files: { [path]: `${name} = 1\nvm.x = 2\n` } },
		steps: [upload('vm.x = 2\n')],
	},
	{
		title: 'says when the kernel has no such parameter',
		args: { name: 'net.bridge.x', value: 1 },
		host: { files: {}, sysctl: {} },
		error: /no parameter net.bridge.x\n.*br_netfilter/,
	},
	{ title: 'needs a value', args: { name }, error: /needs a `value`/ },
]);
