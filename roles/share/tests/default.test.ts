import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';

const folder = '/srv/shared';
const hosts = ['rp1', 'rp2'] as const;
const text = async (lab: TestLab, host: string, name: string) =>
	(await lab.run(host, `cat ${folder}/${name}`)).stdout.trim();

roleTest(test, {
	role: 'share',
	hosts: hosts.map((name) => ({ name, groups: ['reverse_proxy'] })),
	vars: { share_folder: folder, share_items: ['first.key', 'second.key', 'deep/third.key', 'nobody.key'] },

	async prepare(lab) {
		await lab.output('rp1', `mkdir -p -m 700 ${folder} && cd ${folder} && umask 077 && echo one >first.key`);
		await lab.output(
			'rp2',
			`mkdir -p -m 700 ${folder}/deep && cd ${folder} && umask 077 && echo two >second.key && echo three >deep/third.key && echo no >other`,
		);
	},

	async verify(t, lab) {
		for (const host of hosts) {
			t.is(await text(lab, host, 'first.key'), 'one');
			t.is(await text(lab, host, 'second.key'), 'two');
			t.is(await text(lab, host, 'deep/third.key'), 'three');
			t.is((await lab.output(host, `stat -c %a ${folder}/first.key`)).trim(), '600');
		}

		t.is(await text(lab, 'rp1', 'other'), '', 'nothing that was not asked for');
		t.is((await lab.run('rp1', 'test -e /run/g2pbook-share')).code, 1, 'the key of that one time is gone');
	},

	async change(t, lab, again) {
		await lab.output('rp2', `cd ${folder} && cp -p first.key /root/ && echo another >first.key`);
		const refused = await again('two that differ', {});
		t.is(refused.code, 2);
		t.regex(refused.stdout, /first\.key \(rp1, rp2\).*-e share_from=HOST/s);
		const chosen = await again('one is chosen', { share_from: 'rp1' });
		t.is(chosen.code, 0, chosen.stdout);
		t.false(chosen.stdout.includes('another'));
		t.is(await text(lab, 'rp2', 'first.key'), 'one');
		t.is(await text(lab, 'rp2', 'first.key.replaced-*'), 'another');
	},

	drift: [
		{
			name: 'one was lost',
			break: (lab) => lab.output('rp1', `rm -r ${folder}/deep`),
			repairs: [/Take what the others have/],
		},
	],
});
