import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { attack } from './attack.ts';
import {
	fingerprint,
	folder,
	job,
	keeper,
	kept,
	restored,
	result,
	site,
	start,
	storage,
	stranger,
	succeeds,
} from './lab.ts';
import { comesAndGoes } from './lists.ts';

roleTest(test, {
	role: 'backup-node',
	...site,

	async verify(t, lab) {
		const { bytes, snapshot } = await succeeds(t, lab);
		t.true(bytes > 1000);
		t.regex(snapshot, /^[0-9a-f]{8}$/);
		t.is(await restored(lab), await lab.output(storage, `cd ${folder} && ${fingerprint}`));
		t.is((await lab.run(keeper, `test -e /root/out${folder}/d6/x.tmp`)).code, 1, 'what is left out');
		for (const host of [storage, stranger]) {
			t.is(await start(lab, `g2pbook-backup-configuration.${host}`), 0, host);
		}

		const mark = await lab.output(keeper, `stat -c %Y /var/lib/g2pbook/backups/${job}`);
		t.true(Date.now() / 1000 - Number(mark) < 300, 'the role exporters tells when');
		const timers = await lab.output(keeper, "systemctl list-timers --no-legend 'g2pbook-backup-*' | wc -l");
		t.is(Number(timers), 3);
		t.is(await start(lab, `g2pbook-drill-${job}`), 0);
		t.regex((await result(lab, 'drill')).says, /^\d{4} entries, all bytes as they came in; part \d+ of 13/);
	},

	async change(t, lab, again) {
		await attack(t, lab);
		await comesAndGoes(t, lab, again);
	},

	drift: [
		{
			name: 'somebody else was let in, the list says more, and the program may do more',
			break: (lab) =>
				lab.output(
					storage,
					`cat /home/admin/.ssh/authorized_keys >>/var/lib/g2pbook-source/.ssh/authorized_keys
echo 'must /root' >>/etc/g2pbook/backup-source/files.list; echo 'exec sh' >>/usr/local/lib/g2pbook/backup-source
sed -i 's/NOPASSWD: .*/NOPASSWD: ALL/' /etc/sudoers.d/g2pbook-backup`,
				),
			repairs: [
				/Install the program that hands out/,
				/Let it read as root/,
				/Say what is handed out/,
				/Let the backup host in/,
			],
		},
		{
			name: 'nothing is fetched any more, and a source is not known',
			break: (lab) =>
				lab.output(
					keeper,
					`systemctl disable --now g2pbook-backup-${job}.timer; rm /etc/g2pbook/backup-node/hosts/${storage}
sed -i 's/^OnCalendar=.*/OnCalendar=yearly/' /etc/systemd/system/g2pbook-backup-configuration.${storage}.timer`,
				),
			repairs: [/by which keys the sources are known/, /Write when they begin/, /Begin at their times/],
		},
	],

	removal: {
		vars: { backup_node_state: 'absent' },
		async verify(t, lab) {
			for (const host of [storage, keeper, stranger]) {
				const left = `ls -d /etc/g2pbook/backup* /etc/sudoers.d/g2pbook* /usr/local/lib/g2pbook/backup* /var/lib/g2pbook/backup-node /var/lib/g2pbook-source 2>/dev/null
ls /etc/systemd/system | grep -E 'g2pbook-(backup|drill)'; getent passwd g2pbook-source`;
				t.is((await lab.run(host, left)).stdout.trim(), '', host);
			}

			t.is((await lab.run(keeper, `test -e ${kept}/files/${job}/config`)).code, 0, 'what was kept stays');
		},
	},
});
