import ufw from '../../../src/modules/firewall/ufw.ts';
import { stateRows } from '../../rows.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');
const established = 'ss --no-header --tcp --numeric --processes state established';
const listening = 'ss --no-header --tcp --numeric --processes --listening';
const nobody = { [established]: '', [listening]: '' };
const admin = {
	...nobody,
	[established]: '0 0 192.0.2.10:22 198.51.100.7:50000 users:(("sshd",pid=9,fd=4))\n',
};
const own = (comment: string) => ` comment=${hex(comment)}`;
const emptied = "script: # take ufw's chains out of the kernel …";
const ssh = '### tuple ### limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in';
const ssh6 = '### tuple ### limit tcp 22 ::/0 any ::/0 in';

type Rules = {
	readonly four?: readonly string[];
	readonly six?: readonly string[];
	readonly enabled?: boolean;
};
const host = ({ four = [], six = [], enabled = false }: Rules, commands = {}) => ({
	files: {
		'/etc/default/ufw':
			'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="DROP"\n',
		'/etc/ufw/ufw.conf': `ENABLED=${enabled ? 'yes' : 'no'}\nLOGLEVEL=low\n`,
		'/etc/ufw/user.rules': `*filter\n### RULES ###\n\n${four.join('\n')}\n`,
		'/etc/ufw/user6.rules': `*filter\n### RULES ###\n\n${six.join('\n')}\n`,
	},
	commands: {
		[`sh -s ufw ${enabled ? 'on' : 'off'}`]: '',
		...commands,
	},
});
const on = { four: [ssh + own('g2pbook:playbook')], six: [ssh6 + own('g2pbook:playbook')], enabled: true };
const sshRule = { action: 'limit', port: '22/tcp' } as const;

export default stateRows(ufw, [
	{
		title: 'adds its rules with its mark, then turns the firewall on',
		args: {
			state: 'enabled',
			default_incoming: 'deny',
			logging: 'off',
			owner: 'base',
			rules: [
				sshRule,
				{ action: 'allow', from: '10.0.0.5/24', port: [443, 80], proto: 'tcp', comment: 'web' },
			],
		},
		host: host({}, admin),
		steps: [
			'ufw limit in from any to any port 22 proto tcp comment g2pbook:base',
			"ufw allow in from 10.0.0.0/24 to any port 80,443 proto tcp comment 'g2pbook:base: web'",
			'ufw logging off',
			'ufw --force enable',
			emptied,
			'/lib/ufw/ufw-init start',
		],
	},
	{
		title: 'is content with what is there, whatever else is there',
		args: {
			state: 'enabled',
			default_incoming: 'deny',
			default_outgoing: 'allow',
			logging: 'on',
			rules: [sshRule],
		},
		host: host({ ...on, four: ['### tuple ### allow any 9 0.0.0.0/0 any 0.0.0.0/0 in', ...on.four] }),
	},
	{
		title: 'removes what is not wanted any more, of its own only',
		args: { rules: [sshRule] },
		host: host(
			{
				...on,
				four: [
					...on.four,
					`### tuple ### allow any 53 0.0.0.0/0 any 10.0.0.0/8 in_eth0${own('g2pbook:playbook: dns')}`,
					`### tuple ### route:allow any any 10.1.0.0/16 any 10.15.0.0/16 in_wg0!out_eth0${own('g2pbook:playbook')}`,
					`### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in${own('g2pbook:playbook2')}`,
					'### tuple ### allow tcp 81 0.0.0.0/0 any 0.0.0.0/0 in',
				],
			},
			admin,
		),
		steps: [
			'ufw delete allow in on eth0 from 10.0.0.0/8 to any port 53',
			'ufw route delete allow in on wg0 out on eth0 from 10.15.0.0/16 to 10.1.0.0/16',
		],
	},
	{
		title: 'adds the twin for IPv6 that somebody removed',
		args: { rules: [sshRule] },
		host: host({ ...on, six: [] }, admin),
		steps: ['ufw limit in from any to any port 22 proto tcp comment g2pbook:playbook'],
	},
	{
		title: 'leaves a rule to whoever made it first',
		args: { rules: [sshRule] },
		host: host({ four: [ssh], six: [ssh6] }),
	},
	{
		title: 'puts rules that open and close in their order',
		args: {
			rules: [
				sshRule,
				{ action: 'deny', from: '203.0.113.0/24' },
				{ action: 'allow', port: 80, proto: 'tcp', from: '0.0.0.0/0' },
			],
		},
		host: host({
			four: [
				ssh + own('g2pbook:playbook'),
				`### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in${own('g2pbook:playbook')}`,
			],
			six: [ssh6, `### tuple ### allow tcp 80 ::/0 any ::/0 in${own('g2pbook:playbook')}`],
		}),
		steps: [
			'ufw delete allow in from any to any port 80 proto tcp',
			'ufw deny in from 203.0.113.0/24 to any comment g2pbook:playbook',
			'ufw allow in from any to any port 80 proto tcp comment g2pbook:playbook',
		],
	},
	{
		title: 'refuses to shut out who is connected by ssh',
		args: { state: 'enabled', rules: [{ ...sshRule, from: '192.0.2.0/24' }] },
		host: host({}, admin),
		error: /shut out ssh: no rule would let 198\.51\.100\.7 in to port 22\n.*limit, port: 22\/tcp/,
	},
	{
		title: 'refuses to close the port where sshd listens',
		args: { state: 'enabled', rules: [] },
		host: host(
			{},
			{ ...nobody, [listening]: 'LISTEN 0 128 0.0.0.0:2222 0.0.0.0:* users:(("sshd",pid=1,fd=3))\n' },
		),
		error: /let anybody in to port 2222/,
	},
	{
		title: 'refuses to take the rule away that lets somebody in',
		args: { rule: 'limit', port: '22/tcp', delete: true },
		host: host({ four: [ssh], six: [ssh6], enabled: true }, admin),
		error: /shut out ssh/,
	},
	{
		title: 'a rule before it may close what it opens',
		args: { state: 'enabled', rules: [{ action: 'deny', from: '198.51.100.0/24' }, sshRule] },
		host: host({}, admin),
		error: /shut out ssh/,
	},
	{
		title: 'loads what the kernel has not as its files say, before it adds a rule',
		args: { state: 'enabled', rules: [sshRule, { action: 'allow', port: 80, proto: 'tcp' }] },
		host: host(on, { ...admin, 'sh -s ufw on': { code: 1 } }),
		steps: [
			emptied,
			'/lib/ufw/ufw-init start',
			'ufw allow in from any to any port 80 proto tcp comment g2pbook:playbook',
			emptied,
			'/lib/ufw/ufw-init start',
		],
	},
	{
		title: 'leaves the kernel alone when only a rule is asked for',
		args: { rule: 'allow', port: 80, proto: 'tcp' },
		host: host(on, { ...admin, 'sh -s ufw on': { code: 1 } }),
		steps: ['ufw allow in from any to any port 80 proto tcp'],
	},
	{
		title: 'turns off what is only off in its file',
		args: { state: 'disabled' },
		host: host({}, { 'sh -s ufw off': { code: 1 } }),
		steps: ['ufw disable'],
	},
	{ title: 'turns off', args: { state: 'disabled' }, host: host(on), steps: ['ufw disable'] },
	{
		title: 'closes after it has opened',
		args: { default_incoming: 'reject', default_routed: 'allow', rules: [sshRule] },
		host: host({}),
		steps: [
			'ufw limit in from any to any port 22 proto tcp comment g2pbook:playbook',
			'ufw default reject incoming',
			'ufw default allow routed',
		],
	},
	{
		title: 'adds one rule as Ansible does',
		args: {
			rule: 'allow',
			direction: 'out',
			interface: 'eth0',
			to_ip: '2001:DB8:0::1',
			to_port: 53,
			log: true,
		},
		host: host({}),
		steps: ['ufw allow out on eth0 log from any to 2001:db8::1 port 53'],
	},
	{
		title: 'deletes one rule as Ansible does',
		args: { rule: 'reject', port: 25, delete: true },
		host: host({
			four: ['### tuple ### reject any 25 0.0.0.0/0 any 0.0.0.0/0 in'],
			six: ['### tuple ### reject any 25 ::/0 any ::/0 in'],
		}),
		steps: ['ufw delete reject in from any to any port 25'],
	},
	{ title: 'reloads whenever asked', args: { state: 'reloaded' }, host: host({}), steps: ['ufw reload'] },
	{
		title: 'has nothing to turn off where it is not installed',
		args: { state: 'disabled' },
		host: { files: {} },
	},
	{
		title: 'starts from what the package will bring',
		args: { state: 'enabled', default_incoming: 'deny', default_routed: 'allow', rules: [sshRule] },
		host: { files: {} },
		steps: [
			'ufw limit in from any to any port 22 proto tcp comment g2pbook:playbook',
			'ufw default allow routed',
			'ufw --force enable',
			emptied,
			'/lib/ufw/ufw-init start',
		],
	},
	{
		title: 'wants a protocol for several ports',
		args: { rules: [{ action: 'allow', port: '80,443' }] },
		error: /several ports need/,
	},
	{ title: 'knows an address', args: { rule: 'allow', from_ip: '10.0.0.300' }, error: /write an address/ },
	{
		title: 'takes one form at a time',
		args: { rule: 'allow', port: 1, rules: [] },
		error: /either `rules` or one/,
	},
]);
