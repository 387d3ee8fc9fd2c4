import pkg from '../../../src/modules/packages/package.ts';
import { stateRows } from '../../rows.ts';

const os = { family: 'redhat', id: 'rocky', version: '9', codename: '', pretty: 'Rocky Linux 9' };
const packages = { nginx: '1.20.1' };

export default stateRows(pkg, [
	{ title: 'is content with what is installed', args: { name: 'nginx' }, host: { packages } },
	{
		title: 'removes on Debian',
		args: { name: 'nginx', state: 'absent' },
		host: {
			packages,
			commands: {
				"{ { find /var/lib/apt/lists -maxdepth 1 -name '*Release' -print -quit; }; { find /var/lib/apt/lists -maxdepth 0 -mmin -60; }; { find /var/lib/dpkg/updates -name '[0-9]*'; }; { dpkg --audit; }; } 2>/dev/null":
					'',
			},
		},
		steps: [
			'env DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 apt-get --yes --quiet ' +
				'--option DPkg::Lock::Timeout=300 --option Dpkg::Options::=--force-confdef --option ' +
				'Dpkg::Options::=--force-confold remove nginx',
		],
	},
	{
		title: 'installs on Red Hat',
		args: { name: ['nginx', 'jq=1.6'], update_cache: true },
		host: { facts: { os }, packages },
		steps: ['dnf --assumeyes --quiet --refresh install jq-1.6'],
	},
	{
		title: 'upgrades on Red Hat',
		args: { name: 'nginx', state: 'latest' },
		host: {
			facts: { os },
			packages,
			commands: {
				'dnf --quiet check-update nginx': { code: 100, stdout: '\nnginx.x86_64  1.24.0  appstream\n' },
			},
		},
		steps: ['dnf --assumeyes --quiet --best install nginx'],
	},
	{
		title: 'says on which hosts it works',
		args: { name: 'nginx' },
		host: { facts: { os: { ...os, family: 'alpine' } }, packages },
		error: /family alpine/,
	},
]);
