import systemd from '../../../src/modules/units/systemd.ts';
import { stateRows } from '../../rows.ts';

const running = { units: { chrony: {} } };
const show = (pattern: string) =>
	`{ systemctl show --all --property=Id,LoadState,FragmentPath,DropInPaths,NeedDaemonReload ${pattern}; }; { find /etc/systemd/system -maxdepth 2 -type f; }`;
const unit = (id: string, outdated: string, paths = '') =>
	`Id=${id}\nDropInPaths=${paths}\nNeedDaemonReload=${outdated}\n`;
const [dropIn, template] = [
	'/etc/systemd/system/chrony.service.d/x.conf',
	'/etc/systemd/system/a@.service.d/y.conf',
];
const stopped = { units: { chrony: { active: 'inactive', enabled: 'disabled' } } };

export default stateRows(systemd, [
	{
		title: 'enables and starts',
		args: { name: 'chrony', state: 'started', enabled: true },
		host: stopped,
		steps: ['systemctl enable chrony', 'systemctl start chrony'],
	},
	{
		title: 'leaves a running unit alone',
		args: { name: 'chrony', state: 'started', enabled: true },
		host: running,
	},
	{
		title: 'disables and stops',
		args: { name: 'chrony', state: 'stopped', enabled: false },
		host: running,
		steps: ['systemctl disable chrony', 'systemctl stop chrony'],
	},
	{
		title: 'stops what is failing to start over and over',
		args: { name: 'chrony', state: 'stopped' },
		host: { units: { chrony: { active: 'activating' } } },
		steps: ['systemctl stop chrony'],
	},
	{
		title: 'restarts whenever asked',
		args: { name: 'chrony', state: 'restarted' },
		host: running,
		steps: ['systemctl restart chrony'],
	},
	{
		title: 'restarts what has failed once, not twice',
		args: { name: 'chrony', state: 'restarted', enabled: true },
		host: { units: { chrony: { active: 'failed', enabled: 'disabled' } } },
		steps: ['systemctl enable chrony', 'systemctl restart chrony'],
	},
	{
		title: 'reloads a running unit',
		args: { name: 'chrony', state: 'reloaded' },
		host: running,
		steps: ['systemctl reload chrony'],
	},
	{
		title: 'starts a stopped unit before it reloads it',
		args: { name: 'chrony', state: 'reloaded' },
		host: stopped,
		steps: ['systemctl start chrony', 'systemctl reload chrony'],
	},
	{
		title: 'reads a unit that was lost while it ran',
		args: { name: 'chrony', state: 'started', daemon_reload: true },
		host: {
			units: { chrony: { load: 'error' } },
			commands: { [show('chrony')]: `LoadState=error\n${unit('chrony.service', 'no')}` },
		},
		steps: ['systemctl daemon-reload'],
	},
	{
		title: 'unmasks before anything else',
		args: { name: 'chrony', state: 'started', enabled: true, masked: false, daemon_reload: true },
		host: {
			units: { chrony: { active: 'inactive', enabled: 'masked', load: 'masked' } },
			commands: { [show('chrony')]: unit('chrony.service', 'yes') },
		},
		steps: [
			'systemctl unmask chrony',
			'systemctl daemon-reload',
			'systemctl enable chrony',
			'systemctl start chrony',
		],
	},
	{
		title: 'masks after stopping',
		args: { name: 'chrony', state: 'stopped', masked: true },
		host: running,
		steps: ['systemctl stop chrony', 'systemctl mask chrony'],
	},
	{
		title: 'reads unit files again only when they have changed',
		args: { name: 'chrony', state: 'started', daemon_reload: true },
		host: { ...running, commands: { [show('chrony')]: unit('chrony.service', 'no', dropIn) + dropIn } },
	},
	{
		title: 'sees a drop-in that systemd overlooks',
		args: { name: 'chrony', daemon_reload: true },
		host: {
			...running,
			commands: { [show('chrony')]: `${unit('chrony.service', 'no')}${dropIn}\n${template}\n` },
		},
		steps: ['systemctl daemon-reload'],
	},
	{
		title: 'sees a unit file that hides the one of the package',
		args: { name: 'chrony', daemon_reload: true },
		host: {
			...running,
			commands: {
				[show('chrony')]:
					`FragmentPath=/lib/systemd/system/chrony.service\n${unit('chrony.service', 'no')}/etc/systemd/system/chrony.service\n`,
			},
		},
		steps: ['systemctl daemon-reload'],
	},
	{
		title: 'takes a static unit as it is',
		args: { name: 'x.service', enabled: true },
		host: { units: { 'x.service': { enabled: 'static' } } },
	},
	{
		title: 'asks the tool of an init script whether it is enabled',
		args: { name: 'old', enabled: true },
		host: {
			units: { old: { enabled: 'generated' } },
			commands: { 'systemctl --quiet is-enabled old': { code: 1 } },
		},
		steps: ['systemctl enable old'],
	},
	{
		title: 'finds changed unit files without a name',
		args: { daemon_reload: true },
		host: { commands: { [show("'*'")]: `${unit('a.mount', 'no')}\n${unit('chrony.service', 'yes')}` } },
		steps: ['systemctl daemon-reload'],
	},
	{
		title: 'finds a new drop-in of a template',
		args: { daemon_reload: true },
		host: {
			commands: { [show("'*'")]: `${unit('a@1.service', 'no')}\n${unit('b@1.service', 'no')}${template}\n` },
		},
		steps: ['systemctl daemon-reload'],
	},
	{
		title: 'says when a unit does not exist',
		args: { name: 'nope', state: 'started' },
		host: running,
		error: /no unit named nope.*\n?.*package installed/,
	},
	{
		title: 'does not believe what is said of a masked unit that has a drop-in',
		args: { daemon_reload: true },
		host: { commands: { [show("'*'")]: `LoadState=masked\n${unit('chrony.service', 'yes', dropIn)}` } },
	},
	{
		title: 'does not look for what nobody reads, the drop-in of a masked unit',
		args: { daemon_reload: true },
		host: { commands: { [show("'*'")]: `LoadState=masked\n${unit('chrony.service', 'no')}${dropIn}` } },
	},
	{ title: 'needs a name', args: { state: 'started' }, error: /give the `name` of a unit/ },
]);
