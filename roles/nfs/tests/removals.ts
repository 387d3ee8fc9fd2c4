import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { folder, writeReadDelete } from './lab.ts';
import { left } from './renames.ts';

/** Who has the port is named, and not waited for. */
export async function occupied(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(
		'storage1',
		`cat >/root/squat.pl <<'END'
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1, LocalAddr => '127.0.0.1', LocalPort => 2049) or die $!;
sleep 600;
END
systemctl stop nfs-ganesha; systemd-run --quiet --collect --unit squat perl /root/squat.pl
until ss -Htln 'sport = :2049' | grep -q .; do sleep 0.1; done`,
	);
	const { code, stdout } = await again('a port that somebody else has', { nfs_probe_seconds: 3 });
	t.is(code, 2);
	t.regex(stdout.replaceAll(/\s+/g, ' '), /and perl \(process \d+\) listens there\. Stop it/);
	await lab.output('storage1', 'systemctl stop squat');
	t.is((await again('after it', {})).code, 0);
	t.is(await writeReadDelete(lab, 'compute1'), 'same');
}

/** A word that does not fit is no word: nothing happens. The right one removes the files, and one run brings all back. */
export async function removals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	for (const [name, vars] of [
		['another folder', { nfs_state: 'absent', nfs_purge: '/srv' }],
		['a slash too many', { nfs_state: 'absent', nfs_purge: `${folder}/` }],
		['the word without the removal', { nfs_purge: folder }],
	] as const) {
		const { code, stdout, effects } = await again(`purge: ${name}`, vars);
		t.is(code, 2, name);
		t.regex(stdout.replaceAll(/\s+/g, ' '), /letter by letter: \/srv\/nfs\/g2p\. Nothing was changed/);
		t.deepEqual(
			effects.filter(({ status }) => status === 'changed'),
			[],
			name,
		);
	}

	t.is(await writeReadDelete(lab, 'compute1'), 'same', 'it serves as before');

	// A crash, and a run that was killed before its handlers: they must not bring the server back.
	await lab.output(
		'storage1',
		`systemctl stop nfs-ganesha; rm /etc/systemd/system/nfs-ganesha.service.d/g2pbook.conf
mkdir -p ${notes}; echo 'nfs: Restart Ganesha' >${notes}/left`,
	);
	const removed = await again('removal of one that is dead', { nfs_state: 'absent' });
	t.is(removed.code, 0, removed.stdout);
	t.is(await left(lab), '', 'dead');
	await lab.output('storage1', `rm -f ${notes}/left`);
	t.is((await again('back', {})).code, 0);

	// A removal that was killed.
	await lab.output(
		'storage1',
		`systemctl disable --now nfs-ganesha; systemctl unmask rpcbind.socket
rm /etc/systemd/system/nfs-ganesha.service.d/g2pbook.conf
mkdir ${folder}/volume; echo data >${folder}/volume/.hidden`,
	);
	const purged = await again('purge of what is half removed', { nfs_state: 'absent', nfs_purge: folder });
	t.is(purged.code, 0, purged.stdout);
	t.is(await left(lab), '', 'half removed');
	t.is((await lab.output('storage1', 'ls /srv/nfs')).trim(), '');
	t.is((await again('after a purge', {})).code, 0);
	t.is(await writeReadDelete(lab, 'compute1'), 'same');
}

const notes = '/var/lib/g2pbook/pending';
