import modprobe from '../../../src/modules/machine/modprobe.ts';
import { stateRows } from '../../rows.ts';

const facts = { kernel: '6.1.0' };
const builtin = (code: number) => ({
	"grep -q '/br[-_]netfilter[.]ko' /lib/modules/6.1.0/modules.builtin": { code },
});
const loaded = { '/sys/module/br_netfilter': { type: 'directory' as const } };

export default stateRows(modprobe, [
	{
		title: 'loads with parameters',
		args: { name: 'br_netfilter', params: 'a=1 b=2' },
		host: { facts, files: {}, commands: builtin(1) },
		steps: ['modprobe br_netfilter a=1 b=2'],
	},
	{ title: 'keeps what is loaded', args: { name: 'br-netfilter' }, host: { files: loaded } },
	{
		title: 'takes what is built in',
		args: { name: 'br_netfilter' },
		host: { facts, files: {}, commands: builtin(0) },
	},
	{
		title: 'keeps it for the next boot',
		args: { name: 'br_netfilter', persistent: 'present', params: 'a=1' },
		host: { files: loaded },
		steps: [
			'mkdir -p /etc/modules-load.d',
			{ step: 'upload /etc/modules-load.d/br_netfilter.conf (13 bytes)', content: 'br_netfilter\n' },
			'mkdir -p /etc/modprobe.d',
			{ step: 'upload /etc/modprobe.d/br_netfilter.conf (25 bytes)', content: 'options br_netfilter a=1\n' },
		],
	},
	{
		title: 'removes it for ever',
		args: { name: 'br_netfilter', state: 'absent', persistent: 'absent' },
		host: { files: { ...loaded, '/etc/modules-load.d/br_netfilter.conf': 'br_netfilter\n' } },
		steps: ['rm -f /etc/modules-load.d/br_netfilter.conf', 'modprobe --remove br_netfilter'],
	},
	{ title: 'refuses what is no name', args: { name: 'a b' }, error: /name of a module/ },
]);
