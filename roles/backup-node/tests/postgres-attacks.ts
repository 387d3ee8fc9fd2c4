import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, kept, result, storage } from './lab.ts';
import { job, program, server, stanza } from './postgres-lab.ts';

/** What root of the database host says to pgBackRest, as PostgreSQL, which has its key. */
const asDatabase = (lab: TestLab, words: string) =>
	lab.run(storage, `timeout 60 runuser -u postgres -- pgbackrest --stanza=${stanza} ${words} 2>&1`);

/** Whatever a server could be brought to do on its host: as its account, in what it sees. */
const inside = (lab: TestLab, host: string, account: string, line: string) =>
	lab.run(
		host,
		`pid=$(systemctl show --property MainPID --value ${server}); nsenter --target $pid --mount --setuid $(id -u ${account}) --setgid $(id -g ${account}) sh -c '${line}' 2>&1`,
	);

/** pgBackRest's own words, from the database host: what is kept is neither seen nor taken away. */
export async function fromTheDatabase(t: ExecutionContext, lab: TestLab): Promise<void> {
	const files = `find ${kept}/postgres -type f -printf '%P\\n' | sort`;
	await lab.output(keeper, 'systemctl start g2pbook-backup-seal');
	const before = (await lab.output(keeper, files)).trim().split('\n');
	for (const words of [
		`repo-rm --recurse backup/${stanza}`,
		`repo-rm --recurse archive/${stanza}`,
		'repo-rm --recurse archive',
		`repo-get backup/${stanza}/backup.info`,
		'repo-ls backup',
		'stanza-delete --force',
		`expire --set=${(await result(lab, 'run', job)).snapshot}`,
	]) {
		await asDatabase(lab, words);
	}

	// The protocol has more words than those: the most that the server could do.
	const asServer = (line: string) => inside(lab, keeper, 'g2pbook-pgbackrest', line);
	await asServer(`find ${kept}/postgres -mindepth 1 -delete; rm -rf ${kept}/postgres/archive`);
	t.not((await asServer(`ls ${kept}/postgres/backup`)).code, 0);
	t.not((await asServer(`cat ${kept}/postgres/backup/${stanza}/backup.info`)).code, 0);
	t.not((await asServer(`mv ${kept}/postgres/archive/${stanza} ${kept}/postgres/archive/x`)).code, 0);
	t.not((await asServer('ls /etc/g2pbook/backup-node')).code, 0);
	// A disk that is mounted anew does not lie over what hides them.
	await lab.output(keeper, `mount --bind ${kept} ${kept}`);
	t.not((await asServer(`ls ${kept}/postgres/backup`)).code, 0);
	await lab.output(keeper, `umount ${kept}`);

	const after = new Set((await lab.output(keeper, files)).trim().split('\n'));
	t.deepEqual(
		before.filter((name) => !after.has(name)),
		[],
		'nothing was taken away',
	);
	t.notRegex((await asDatabase(lab, 'repo-ls backup')).stdout, new RegExp(stanza));
	t.notRegex((await asDatabase(lab, `repo-get backup/${stanza}/backup.info`)).stdout, /backrest-format/);
	await lab.output(keeper, `${program} check ${job}`);
}

/** What the backup host's key opens on the database host: the cluster's files, and nothing more. */
export async function fromTheBackupHost(t: ExecutionContext, lab: TestLab): Promise<void> {
	t.not(
		(
			await inside(
				lab,
				storage,
				'g2pbook-source',
				'echo x >/var/lib/postgresql/x || touch /etc/x || touch /usr/x',
			)
		).code,
		0,
	);
	t.is(
		(await inside(lab, storage, 'g2pbook-source', 'ls /root /home /srv')).stdout.replaceAll(/\/\w+:|\s/g, ''),
		'',
	);
	t.not(
		(await inside(lab, storage, 'g2pbook-source', 'cat /etc/shadow /etc/g2pbook/postgres/server.key')).code,
		0,
	);
	const rights = await lab.output(
		storage,
		`grep -h ^Cap /proc/$(systemctl show --property MainPID --value ${server})/status; grep ^Uid /proc/$(systemctl show --property MainPID --value ${server})/status; id -u g2pbook-source`,
	);
	t.regex(rights, /CapEff:\s*0*4\n/);
	const stranger = await lab.run(
		keeper,
		`timeout 10 openssl s_client -connect ${storage}:8432 </dev/null 2>&1 | grep -c 'Verify return code'`,
	);
	t.is(stranger.code, 0, 'it listens, and talks to nobody without a certificate that it knows');
}
