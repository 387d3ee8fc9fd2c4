import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, storage, stranger } from './lab.ts';

const key = '/etc/g2pbook/backup-node/ssh/id_ed25519';
const options = `-F none -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;

/** What somebody does who is root on the backup host and has its key. */
async function withTheKey(t: ExecutionContext, lab: TestLab): Promise<void> {
	const to = `g2pbook-source@${lab.address(storage)}`;
	const ssh = (words: string, more = '') =>
		lab.run(keeper, `timeout 20 ssh -i ${key} ${options} ${more} ${to} ${words} </dev/null 2>/dev/null`);
	for (const words of [
		'',
		'sh',
		"'sh -c id'",
		"'files nothing'",
		"'files ../backup-source/files'",
		"'files /etc'",
		"'look files; touch /tmp/g2p-was-here'",
		"'files $(touch /tmp/g2p-was-here)'",
		"'files files x'",
		"'rsync --server --sender . /etc'",
		"'internal-sftp'",
	]) {
		const { code, stdout } = await ssh(words);
		t.not(code, 0, words);
		t.is(stdout, '', words);
	}

	t.not((await ssh('', '-tt')).code, 0, 'no terminal');
	t.is((await ssh('', `-W 127.0.0.1:22`)).stdout, '', 'no way on from there');
	t.not(
		(await lab.run(keeper, `timeout 20 scp -i ${key} ${options} /etc/hostname ${to}:/tmp/g2p-was-here`)).code,
		0,
	);
	t.not(
		(
			await lab.run(
				keeper,
				`echo 'put /etc/hostname /tmp/g2p-was-here' | timeout 20 sftp -b - -i ${key} ${options} ${to}`,
			)
		).code,
		0,
	);
	t.is((await lab.run(storage, 'test -e /tmp/g2p-was-here')).code, 1, 'nothing was written');
	t.is((await ssh("'look files'")).code, 0, 'its own words go through');
}

/** The key is good for nothing at another host, and the account of the source for nothing but its program. */
async function elsewhere(t: ExecutionContext, lab: TestLab): Promise<void> {
	const secret = await lab.output(keeper, `base64 -w0 ${key}`);
	await lab.output(stranger, `umask 077; echo ${secret} | base64 -d >/root/stolen`);
	const stolen = await lab.run(
		stranger,
		`timeout 20 ssh -i /root/stolen ${options} g2pbook-source@${lab.address(storage)} 'look files' 2>&1 </dev/null`,
	);
	t.regex(stolen.stdout, /Permission denied/);
	await lab.output(stranger, 'rm /root/stolen');
	const as = (line: string) => lab.run(storage, `runuser -u g2pbook-source -- sh -c '${line}' 2>&1`);
	t.not((await as('sudo -n id')).code, 0);
	t.not((await as('sudo -n -u postgres /usr/local/lib/g2pbook/backup-source "look files"')).code, 0);
	t.not((await as('echo x >>/var/lib/g2pbook-source/.ssh/authorized_keys')).code, 0);
	t.not((await as('cat /etc/shadow')).code, 0, 'without the program it reads nothing');
}

/** What reads has one right, and it is not that of writing. */
async function onlyReads(t: ExecutionContext, lab: TestLab): Promise<void> {
	const seen = await lab.output(
		storage,
		`sed 's,^\\treading tar .*,\\treading sh -c "id -un; grep CapEff /proc/self/status; wc -c </etc/shadow; touch /etc/g2p-was-here 2>/dev/null || echo no"; exit,' \
/usr/local/lib/g2pbook/backup-source >/root/source.sh && sh /root/source.sh 'files files'; rm /root/source.sh`,
	);
	const [user = '', rights = '', bytes = '0', writes = ''] = seen.trim().split('\n');
	t.is(user, 'g2pbook-source');
	t.regex(rights, /^CapEff:\s*0*4$/, 'CAP_DAC_READ_SEARCH alone');
	t.true(Number(bytes) > 0);
	t.is(writes, 'no');
}

/** What somebody does who is root on the source: there is nothing there that leads to the copies. */
async function fromTheSource(t: ExecutionContext, lab: TestLab): Promise<void> {
	const passphrase = (await lab.output(keeper, 'cat /etc/g2pbook/backup-node/passphrase')).trim();
	for (const host of [storage, keeper]) {
		const { stdout } = await lab.run(
			host,
			`grep -rlF '${passphrase}' /etc /var/lib/g2pbook /var/log /run /usr/local 2>/dev/null; grep -laF '${passphrase}' /proc/[0-9]*/cmdline 2>/dev/null`,
		);
		t.is(
			stdout
				.trim()
				.split('\n')
				.filter((line) => !line.startsWith('/proc/'))
				.join(' '),
			host === keeper ? '/etc/g2pbook/backup-node/passphrase' : '',
		);
	}

	t.is((await lab.run(storage, 'find /var/lib/g2pbook-source -type f ! -name authorized_keys')).stdout, '');
	const listens = await lab.output(
		keeper,
		"ss -Hltn | awk '{ print $4 }' | grep -v '^127\\.' | sed 's/.*://' | sort -u",
	);
	t.is(listens.trim(), '22', 'nothing of the backup host is there to be asked but its SSH');
	const enters = await lab.run(
		storage,
		`for key in /etc/ssh/ssh_host_*_key /root/.ssh/id_*; do for user in root admin g2pbook-backup g2pbook-source; do
timeout 20 ssh -i $key ${options} $user@${lab.address(keeper)} id </dev/null 2>/dev/null; done; done`,
	);
	t.is(enters.stdout, '', 'and that does not know the source');
	t.not((await lab.run(keeper, 'runuser -u nobody -- ls /var/lib/g2pbook-backup')).code, 0);
	t.not(
		(await lab.run(keeper, `runuser -u nobody -- cat ${key} /etc/g2pbook/backup-node/passphrase`)).code,
		0,
	);
}

export async function attack(t: ExecutionContext, lab: TestLab): Promise<void> {
	await withTheKey(t, lab);
	await elsewhere(t, lab);
	await onlyReads(t, lab);
	await fromTheSource(t, lab);
}
