import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { ask, limitOf, resolves } from './seen.ts';

// As written by the first versions of the role, of a host that has left since; and by a playbook of somebody else.
const oldLines = `192.0.2.50 gone1 gone1.g2p.test # g2pbook
192.0.2.51 storage1 storage1.older.test # g2pbook
192.0.2.60 db.example.org db # g2pbook
`;

roleTest(test, {
	role: 'base',
	hosts: [
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'storage1', groups: ['storage'] },
	],
	vars: {
		base_timezone: 'Africa/Nairobi',
		base_domain: 'g2p.test',
		base_sysctl: { 'net.core.somaxconn': 5000, 'kernel.sysrq': 77 },
		// A container may have no more than its engine gives it.
		base_open_files: 10_000,
	},

	prepare: (lab) => lab.output('compute1', `cat >>/etc/hosts <<'LINES'\n${oldLines}LINES`),

	async verify(t, lab) {
		const address = lab.address('storage1');
		for (const name of ['storage1', 'storage1.g2p.test']) {
			t.is(await resolves(lab, 'compute1', name), address);
		}

		t.is(await resolves(lab, 'compute1', 'gone1'), undefined, 'what an earlier version wrote');
		t.is(await resolves(lab, 'compute1', 'storage1.older.test'), undefined);
		t.is(await resolves(lab, 'compute1', 'db'), '192.0.2.60', 'what somebody else wrote');
		t.is(await ask(lab, 'compute1', 'ping -c 1 -W 5 storage1 >/dev/null && echo reached'), 'reached');
		t.is(await ask(lab, 'compute1', 'date +%Z'), 'EAT');
		t.regex(await lab.output('compute1', 'chronyc -n sources 2>&1'), /MS Name\/IP address/);
		t.regex(
			await lab.output('compute1', 'systemd-analyze cat-config systemd/journald.conf'),
			/^SystemMaxUse=1024M$/m,
		);
		t.is(await ask(lab, 'compute1', `echo '{"a": 1}' | jq .a`), '1');
		t.is(await ask(lab, 'compute1', 'sysctl -n net.core.somaxconn'), '5000');
		t.is(await ask(lab, 'compute1', 'sysctl -n net.ipv4.ip_forward'), '1', 'a host of the cluster');
		t.is(await limitOf(lab, 'storage1'), '10000');
		const upgrades = await lab.output('storage1', 'unattended-upgrade --dry-run --debug 2>&1');
		t.regex(upgrades, /Allowed origins are: .*-security/);
		t.notRegex(upgrades, /Allowed origins are: .*-updates/);
		t.regex(upgrades, /blacklist: .*postgresql.* rke2/);
		t.is(
			await ask(lab, 'storage1', 'apt-config dump Unattended-Upgrade::Automatic-Reboot'),
			'Unattended-Upgrade::Automatic-Reboot "false";',
		);
	},

	async change(t, lab, again) {
		await lab.output('storage1', 'kill -9 $(systemctl show -P MainPID chrony)');
		const clock = 'timeout 30 sh -c "until chronyc -n tracking >/dev/null 2>&1; do sleep 0.2; done"';
		t.is((await lab.run('storage1', clock)).code, 0, 'the clock is kept again, without a run');
		await lab.output('compute1', "echo '192.0.2.70 storage1' >>/etc/hosts");
		const told = await again('what others wrote, and what is refused', {});
		t.is(told.code, 0);
		t.regex(told.stdout, /give other addresses.*\n.*Take these out: 192\.0\.2\.70 storage1/);
		t.regex(told.stdout, /refused here[^~]*kernel\.sysrq = 77/);
		await lab.output('compute1', "sed -i '/192.0.2.70/d' /etc/hosts");

		// A host is renamed, and so is the domain.
		const hosts = join(lab.folder, 'hosts.yml');
		const before = await readFile(hosts, 'utf8');
		await writeFile(hosts, before.replaceAll('storage1', 'files1'));
		t.is((await again('renamed', { base_domain: 'other.test' })).code, 0);
		t.is(await resolves(lab, 'compute1', 'files1.other.test'), lab.address('storage1'));
		for (const name of ['storage1', 'storage1.g2p.test', 'files1.g2p.test', 'compute1.g2p.test']) {
			t.is(await resolves(lab, 'compute1', name), undefined, name);
		}

		await writeFile(hosts, before);
		const nothing = {
			...{ base_hosts_entries: false, base_journal_max_mb: 0, base_open_files: 0, base_upgrades: 'off' },
			base_sysctl: { 'net.core.somaxconn': 4000 },
		};
		t.is((await again('as little as can be', nothing)).code, 0);
		t.is(await resolves(lab, 'compute1', 'storage1'), undefined);
		t.is(await resolves(lab, 'compute1', 'compute1'), lab.address('compute1'), 'sudo looks for it');
		t.is(
			await ask(
				lab,
				'compute1',
				'ls /etc/systemd/journald.conf.d /etc/systemd/system.conf.d /etc/needrestart/conf.d | grep g2pbook || true',
			),
			'',
		);
		t.is(await ask(lab, 'storage1', 'sysctl -n net.core.somaxconn'), '4000');
		t.is(
			await ask(lab, 'storage1', 'cat /etc/sysctl.d/60-g2pbook-base.conf | grep -v "^#"'),
			'net.core.somaxconn = 4000',
		);
		t.not(await limitOf(lab, 'storage1'), '10000');
		t.is(
			await ask(lab, 'storage1', 'apt-config dump APT::Periodic::Unattended-Upgrade'),
			'APT::Periodic::Unattended-Upgrade "0";',
		);
		const overruled = '/etc/apt/apt.conf.d/99-somebody';
		await lab.output('storage1', `echo 'APT::Periodic::Unattended-Upgrade "1";' >${overruled}`);
		const refused = await again('another file of apt comes later', nothing);
		t.is(refused.code, 2);
		t.regex(refused.stdout, /See that no other file of apt says otherwise/);
		await lab.output('storage1', `rm ${overruled}`);
		t.is((await again('as before', {})).code, 0);
	},

	removal: {
		vars: { base_state: 'absent', base_domain: 'g2p.test' },
		async verify(t, lab) {
			t.is(await resolves(lab, 'compute1', 'storage1.g2p.test'), undefined);
			t.is(
				await ask(
					lab,
					'compute1',
					'find /etc -name "*g2pbook*" -not -name "90g2pbook-lab" -not -path "/etc/systemd/system/*"',
				),
				'',
			);
			t.regex(
				await lab.output('compute1', 'cat /etc/hosts'),
				/192\.0\.2\.99 printer/,
				'lines of others stay',
			);
		},
	},

	drift: [
		{
			name: 'the host lost its power while a package was installed',
			break: (lab) =>
				lab.output(
					'compute1',
					'cd /var/tmp && apt-get download cowsay && dpkg --unpack --force-depends cowsay_*.deb && rm cowsay_*.deb && dpkg --audit | grep cowsay',
				),
			repairs: [/Install the base packages/],
		},
		{
			name: 'the clock is left to itself',
			break: (lab) => lab.output('compute1', 'systemctl disable --now chrony'),
			repairs: [/Keep the clock right/],
		},
		{
			name: 'a host has lost a name, and a line of the operator stands beside it',
			break: (lab) =>
				lab.output('compute1', "sed -i '/storage1/d' /etc/hosts && echo '192.0.2.99 printer' >>/etc/hosts"),
			repairs: [/Write the addresses/],
		},
		{
			name: 'the kernel has another value than the file, and systemd another limit',
			break: (lab) =>
				lab.output(
					'storage1',
					'sysctl -qw net.core.somaxconn=128 && rm /etc/systemd/system.conf.d/60-g2pbook.conf && systemctl daemon-reexec',
				),
			repairs: [/Set parameters of the kernel/, /Let services open more files/, /Let systemd take it/],
		},
		{
			name: 'a package is gone, and another time zone set',
			break: (lab) =>
				lab.output(
					'storage1',
					'apt-get purge -yq jq && ln -sf /usr/share/zoneinfo/Asia/Manila /etc/localtime',
				),
			repairs: [/Install the base packages/, /Set the time zone/],
		},
	],
});
