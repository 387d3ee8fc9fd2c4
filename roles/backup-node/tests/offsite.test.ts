import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { play, repository } from '../../../test/fixtures/containers/command-line.ts';
import { startLab, type TestLab } from '../../../test/fixtures/containers/lab.ts';
import { job as files, folder, keeper, kept, result, start, storage, tree } from './lab.ts';
import { job as database, hosts, prepare, sql } from './postgres-lab.ts';

const far = 'far1';
const sources = [
	{
		...{ name: 'files', kind: 'files', hosts: ['storage'], paths: [folder] },
		...{ sentinel: `${folder}/always`, exclude: ['*.tmp'] },
	},
	{ name: 'database', kind: 'postgres', hosts: ['storage'] },
];
const program = '/usr/local/lib/g2pbook/backup-offsite';
const place = `/srv/far/${keeper}`;

/** An account there that is let in for files alone. */
const otherSide = `set -e
useradd --system --create-home --shell /usr/sbin/nologin g2p && install -d -o g2p /srv/far /home/g2p/.ssh
printf 'Match User g2p\\n ForceCommand internal-sftp\\n' >>/etc/ssh/sshd_config
systemctl restart ssh`;

const run = (lab: TestLab, vars: Readonly<Record<string, unknown>>, ...words: string[]) =>
	play(join(repository, 'playbooks/backup.yml'), lab.folder, [
		...['-e', JSON.stringify({ backup_node_sources: sources, ...vars })],
		...words,
	]);

test('a second repository elsewhere, and what a drill reads from it', async (t) => {
	t.timeout(15 * 60_000);
	const lab = await startLab(t, [...hosts, { name: far, groups: ['far'] }]);
	await prepare(lab);
	await lab.output(storage, tree);
	await lab.output(far, otherSide);
	const hostKey = (await lab.output(far, 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')).trim();
	const vars = {
		backup_node_offsite: `sftp:g2p@${lab.address(far)}:/srv/far`,
		backup_node_offsite_host_key: `${lab.address(far)} ${hostKey}`,
	};
	const shut = await run(lab, vars);
	t.is(shut.code, 2, shut.stdout);
	const key = /ssh-ed25519 \S+ g2pbook-offsite/.exec(shut.stdout.replaceAll(/\s+/g, ' '))?.[0] ?? '';
	t.not(key, '', 'it says which key is to be let in');
	await lab.output(far, `echo '${key}' >/home/g2p/.ssh/authorized_keys`);
	const first = await run(lab, vars);
	t.is(first.code, 0, first.stdout + first.stderr);
	t.deepEqual((await run(lab, vars)).effects, []);

	await sql(lab, 'CREATE TABLE far AS SELECT generate_series(1, 500) AS id');
	t.not(await start(lab, `g2pbook-offdrill-${files}`), 0, 'nothing was brought yet');
	await Promise.all(
		[files, database].map(async (job) => {
			t.is(await start(lab, `g2pbook-backup-${job}`), 0, job);
			t.is(await start(lab, `g2pbook-offsite-${job}`), 0, (await result(lab, 'offsite', job)).says);
			t.is(await start(lab, `g2pbook-offdrill-${job}`), 0, (await result(lab, 'offdrill', job)).says);
		}),
	);
	t.regex((await result(lab, 'offdrill', files)).says, /all bytes as they once came in; part \d+ of 13/);
	t.regex((await result(lab, 'offdrill', database)).says, /started, \d{3,} lines read; part/);
	t.is((await lab.run(keeper, `ls ${kept}/postgres-scratch; pgrep -x postgres`)).stdout, '');
	const status = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
	t.regex(status.stdout, new RegExp(`^${files}\\toffdrill\\tok`, 'm'));
	await ownKeys(t, lab);
	await damage(t, lab);

	const none = await run(lab, {});
	t.is(none.code, 0, none.stdout);
	const left = 'ls -d /etc/g2pbook/backup-node/offsite /etc/systemd/system/g2pbook-off* 2>/dev/null';
	t.is((await lab.run(keeper, left)).stdout, '');
	t.is((await lab.run(far, `test -e ${place}/${files}/config`)).code, 0, 'what is there stays');
});

/** Another passphrase than the first repository has; and nothing on the host that is kept leads there. */
async function ownKeys(t: ExecutionContext, lab: TestLab): Promise<void> {
	const settings = '/etc/g2pbook/backup-node';
	const ssh = `ssh -F none -i ${settings}/offsite/id_ed25519 -o UserKnownHostsFile=${settings}/offsite/known_hosts g2p@${lab.address(far)} -s sftp`;
	const opens = (passphrase: string) =>
		lab.run(
			keeper,
			`. ${settings}/offsite/where && cd / && runuser -u g2pbook-backup -- restic -r "$WHERE/${files}" --password-file ${settings}/${passphrase} --no-cache --no-lock -o sftp.command="${ssh}" cat config`,
		);
	const own = await opens('offsite/passphrase');
	t.is(own.code, 0, own.stderr);
	t.regex((await opens('passphrase')).stderr, /wrong password/);
	const leads = await lab.run(
		storage,
		`grep -rlF '${lab.address(far)}' /etc/g2pbook /etc/pgbackrest /usr/local`,
	);
	t.is(leads.stdout, '');
}

/** The other side is away; a byte there is another one. Both are told, and the first repository is as it was. */
async function damage(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(far, 'systemctl stop ssh.socket; systemctl stop ssh');
	t.not(await start(lab, `g2pbook-offsite-${files}`), 0);
	t.regex((await result(lab, 'offsite', files)).says, /second repository .* does not open/);
	t.is((await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status')).code, 3);
	await lab.output(far, 'systemctl start ssh.socket; systemctl start ssh');
	t.is(await start(lab, `g2pbook-offsite-${files}`), 0);
	await lab.output(
		far,
		`file=$(find ${place}/${files}/data -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
chmod u+w "$file" && printf '\\377\\001' | dd of="$file" bs=1 seek=200 conv=notrunc`,
	);
	t.not(await start(lab, `g2pbook-offdrill-${files}`), 0);
	t.regex(
		(await result(lab, 'offdrill', files)).says,
		/cannot be read from the second repository|is not what once came in|is damaged/,
	);
	t.is(await start(lab, `g2pbook-drill-${files}`), 0, 'the first one is whole');
	t.is((await lab.run(keeper, `${program} list ${files}`)).code, 0);
}
