import { readFileSync } from 'node:fs';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';

const folder = '/srv/nfs/g2p';
const client = readFileSync(new URL('client.py', import.meta.url), 'utf8');

/** What a program on a host gets from the server. A server that has just started refuses for its grace period. */
async function writeReadDelete(lab: TestLab, from: string): Promise<string> {
	const line = `for attempt in 1 2 3 4 5 6 7 8; do python3 /root/client.py ${lab.address('storage1')} ${folder} && exit 0; sleep 3; done; exit 1`;
	return (await lab.output(from, line)).trim();
}

roleTest(test, {
	role: 'nfs',
	hosts: [
		{ name: 'storage1', groups: ['storage'] },
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'stranger1', groups: ['reverse_proxy'] },
	],
	pattern: 'storage:rke2_servers',

	prepare: (lab) =>
		Promise.all(
			['compute1', 'stranger1'].map((host) =>
				lab.output(
					host,
					`apt-get install -yq python3-minimal python3 ${host === 'stranger1' ? 'libnfs-utils' : ''}
cat >/root/client.py <<'END'\n${client}END`,
				),
			),
		),

	async verify(t, lab) {
		t.is(await writeReadDelete(lab, 'compute1'), 'same');
		t.deepEqual((await lab.output('storage1', `ls ${folder}`)).trim().split('\n'), ['README']);
		const refused = await lab.run(
			'stranger1',
			`python3 /root/client.py ${lab.address('storage1')} ${folder}`,
		);
		t.is(refused.code, 1);
		t.regex(refused.stderr, /^mount: /);
	},

	async change(t, lab, again) {
		const removed = await again('a host that is no longer a client', { nfs_client_groups: ['backup'] });
		t.is(removed.code, 0, removed.stdout);
		const gone = await lab.run('compute1', `python3 /root/client.py ${lab.address('storage1')} ${folder}`);
		t.is(gone.code, 1, 'loses access at once');
		t.is((await again('and is one again', {})).code, 0);
		t.is(await writeReadDelete(lab, 'compute1'), 'same');

		const overlay = await again('a folder that cannot be served', { nfs_export_path: '/root/files' });
		t.is(overlay.code, 2);
		t.regex(overlay.stdout, /Mount a disk of its own/);
		t.is(await writeReadDelete(lab, 'compute1'), 'same');
	},

	removal: {
		vars: { nfs_state: 'absent' },
		async verify(t, lab) {
			const gone = await lab.run('compute1', `python3 /root/client.py ${lab.address('storage1')} ${folder}`);
			t.is(gone.code, 1);
			t.is((await lab.output('storage1', `ls ${folder}`)).trim(), 'README', 'the files stay');
		},
	},

	drift: [
		{
			name: 'everybody was let in by hand',
			break: (lab) =>
				lab.output('storage1', "sed -i 's/Access_Type = None/Access_Type = RW/' /etc/ganesha/ganesha.conf"),
			repairs: [/Write the exports/],
		},
		{
			name: 'the server was stopped',
			break: (lab) => lab.output('storage1', 'systemctl stop nfs-ganesha'),
			repairs: [/Start the server/],
		},
		{
			name: 'the folder was opened',
			break: (lab) => lab.output('storage1', `chmod 0777 ${folder}`),
			repairs: [/Make the exported folder/],
		},
	],
});
