import apt from '../../../src/modules/packages/apt.ts';
import { stateRows } from '../../rows.ts';

const get =
	'env DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 apt-get --yes --quiet ' +
	'--option DPkg::Lock::Timeout=300 --option Dpkg::Options::=--force-confdef --option Dpkg::Options::=--force-confold';
const refresh = 'script: : apt-get, waiting while another one holds the lock … update';
const complete = 'script: : dpkg, completing what was interrupted …';
const age = (minutes: number, lists: string) => ({
	[`{ { find /var/lib/apt/lists -maxdepth 1 -name '*Release' -print -quit; }; { find /var/lib/apt/lists -maxdepth 0 -mmin -${minutes}; }; { find /var/lib/dpkg/updates -name '[0-9]*'; }; { dpkg --audit; }; } 2>/dev/null`]:
		lists,
});
const fresh = '/var/lib/apt/lists/x_InRelease\n/var/lib/apt/lists\n';
const stale = '/var/lib/apt/lists/x_InRelease\n';
const provides = "dpkg-query --show --showformat '${db:Status-Status}\\t${Version}\\t${Provides}\\n'";
const none = { [provides]: 'installed\t1\t\n' };
const packages = { nginx: '1.22.1-9', curl: '7.88' };

export default stateRows(apt, [
	{
		title: 'a converged host costs nothing',
		args: { name: ['nginx', 'curl'], update_cache: true },
		host: { packages },
	},
	{
		title: 'installs what is missing in one go',
		args: { name: 'nginx, jq,unzip' },
		host: { packages, commands: { ...none, ...age(60, fresh) } },
		steps: [`${get} install jq unzip`],
	},
	{
		title: 'fetches lists that are too old before it installs',
		args: {
			name: 'jq',
			update_cache: true,
			cache_valid_time: 600,
			install_recommends: false,
			default_release: 'x',
		},
		host: { packages, commands: { ...none, ...age(10, stale) } },
		steps: [refresh, `${get} install --no-install-recommends --target-release x jq`],
	},
	{
		title: 'fetches lists where there are none',
		args: { name: 'jq' },
		host: { packages, commands: { ...none, ...age(60, '/var/lib/apt/lists\n') } },
		steps: [refresh, `${get} install jq`],
	},
	{
		title: 'takes a package that another one stands for',
		args: { name: 'libssl3' },
		host: {
			packages,
			commands: { [provides]: 'installed\t3.0\tlibssl3 (= 3.0), libfoo\nconfig-files\t1\tx\n' },
		},
	},
	{ title: 'is content with a version that fits', args: { name: 'nginx=1.22.*' }, host: { packages } },
	{
		title: 'installs the version that is asked for',
		args: { name: 'nginx=1.24.0-1', allow_downgrade: true },
		host: { packages, commands: age(60, fresh) },
		steps: [`${get} install --allow-downgrades nginx=1.24.0-1`],
	},
	{
		title: 'upgrades to the latest',
		args: { name: ['nginx', 'curl'], state: 'latest' },
		host: {
			packages,
			commands: {
				...age(60, stale),
				'env LC_ALL=C apt-cache policy nginx curl':
					'nginx:\n  Installed: 1.22.1-9\n  Candidate: 1.24\n  Version table:\n     1.24 500\ncurl:\n  Installed: 7.88\n  Candidate: 7.88\n',
			},
		},
		steps: [`${get} install nginx`],
	},
	{
		title: 'fetches old lists to know the latest',
		args: { name: 'nginx', state: 'latest', update_cache: true },
		host: {
			packages,
			commands: {
				...age(60, stale),
				'env LC_ALL=C apt-cache policy nginx': 'nginx:\n  Candidate: 1.22.1-9\n',
			},
		},
		steps: [refresh, `${get} install nginx`],
	},
	{
		title: 'removes',
		args: { name: ['nginx', 'telnetd'], state: 'absent', autoremove: true },
		host: { packages, commands: age(60, fresh) },
		steps: [`${get} remove --auto-remove nginx`],
	},
	{
		title: 'purges what was only removed',
		args: { name: ['nginx', 'telnetd', 'old'], state: 'absent', purge: true },
		host: {
			packages,
			commands: {
				...age(60, fresh),
				"dpkg-query --show --showformat '${Package}\\t${db:Status-Status}\\n' telnetd old":
					'old\tconfig-files\n',
			},
		},
		steps: [`${get} purge nginx old`],
	},
	{
		title: 'completes what was interrupted before it installs',
		args: { name: 'jq' },
		host: { packages, commands: { ...none, ...age(60, `${fresh}/var/lib/dpkg/updates/0001\n`) } },
		steps: [complete, `${get} install jq`],
	},
	{
		title: 'completes what was interrupted, whatever it was',
		args: { state: 'fixed' },
		host: { commands: age(60, `${fresh}The following packages are only half configured:\n jq\n`) },
		steps: [complete],
	},
	{ title: 'finds nothing half installed', args: { state: 'fixed' }, host: { commands: age(60, stale) } },
	{
		title: 'fetches lists alone when they are old',
		args: { update_cache: true },
		host: { commands: age(60, stale) },
		steps: [refresh],
	},
	{ title: 'has fresh lists', args: { update_cache: true }, host: { commands: age(60, fresh) } },
	{ title: 'knows what a package is called', args: { name: 'a b' }, error: /write a package/ },
]);
