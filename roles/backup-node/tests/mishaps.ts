import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import {
	copies,
	fails,
	fingerprint,
	folder,
	job,
	keeper,
	kept,
	restored,
	result,
	sources,
	start,
	storage,
	succeeds,
} from './lab.ts';

const unit = `g2pbook-backup-${job}`;
const state = '/var/lib/g2pbook/backup-node';

/** Each ends loudly, and what was kept before stays. */
export async function mishaps(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(storage, `mv ${folder} ${folder}.away`);
	await fails(t, lab, /always is not there, which always is: is its disk mounted/);
	await lab.output(storage, `mv ${folder}.away ${folder}`);

	// Only its own file is older than the hour that the list asks for.
	await lab.output(storage, `mkdir ${folder}/news && touch -d '2 hours ago' ${folder}/news/old`);
	const fresh = {
		backup_node_sources: [{ ...sources[0], fresh: { path: `${folder}/news`, hours: 1 } }, sources[1]],
	};
	t.is((await again('something new is expected', fresh)).code, 0);
	await fails(t, lab, /nothing new has come into .*news \(for 1 hours\)/);
	await lab.output(storage, `touch ${folder}/news/new`);
	await succeeds(t, lab);
	t.is((await again('nothing new is expected', {})).code, 0);
	await lab.output(storage, `rm -r ${folder}/news`);

	await lab.output(keeper, `mv ${kept}/files/${job} ${kept}/away`);
	t.not(await start(lab), 0);
	t.regex((await result(lab)).says, /is not there any more: is its disk mounted/);
	await lab.output(keeper, `mv ${kept}/away ${kept}/files/${job}`);

	await lab.output(storage, 'systemctl stop ssh.socket; systemctl stop ssh');
	await fails(t, lab, /did not hand out all of it \(code 255\)/);
	await lab.output(storage, 'systemctl start ssh.socket; systemctl start ssh');

	t.is((await again('more has to be free than there is', { backup_node_free_mb: 1_000_000_000 })).code, 0);
	await fails(t, lab, /only \d+ MB are free/);
	t.is((await again('as much as there was', {})).code, 0);

	const refused = await again('another passphrase', { backup_node_passphrase: 'another' });
	t.is(refused.code, 5, refused.stdout);
	t.regex(refused.stdout.replaceAll(/\s+/g, ' '), /another backup_node_passphrase than the one that opens/);
	await rotation(t, lab, again);
	await timeLimit(t, lab);
	await damage(t, lab);
	await cut(t, lab);
	await succeeds(t, lab);
}

/** Another passphrase, both for a while, and the way back again. */
async function rotation(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = (await lab.output(keeper, 'cat /etc/g2pbook/backup-node/passphrase')).trim();
	const opens = async (passphrase: string) =>
		(
			await lab.run(
				keeper,
				`printf '%s' '${passphrase}' >/root/pass; restic -r ${kept}/files/${job} --password-file /root/pass --no-cache --no-lock cat config >/dev/null 2>&1`,
			)
		).code === 0;
	for (const [now, then] of [
		['another', before],
		[before, 'another'],
	] as const) {
		const both = { backup_node_passphrase: now, backup_node_passphrase_before: then };
		const { code, stdout } = await again('another passphrase beside the old one', both);
		t.is(code, 0, stdout);
		t.true((await opens(now)) && (await opens(then)), 'both');
		t.deepEqual((await again('once more', both)).effects, []);
		await succeeds(t, lab);
		t.is((await again('the new one alone', { backup_node_passphrase: now })).code, 0);
		t.true((await opens(now)) && !(await opens(then)), 'the new one alone');
	}
}

/** Something else has the repository, and does not end. */
async function timeLimit(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(
		keeper,
		`mkdir -p /etc/systemd/system/${unit}.service.d
printf '[Service]\\nTimeoutStartSec=4\\n' >/etc/systemd/system/${unit}.service.d/test.conf; systemctl daemon-reload
systemd-run --quiet --unit holder flock ${state}/locks/${job} sleep 600; sleep 1`,
	);
	await fails(t, lab, /its time limit|something else has used|ended without a word: timeout/);
	await lab.output(
		keeper,
		`systemctl stop holder; rm -r /etc/systemd/system/${unit}.service.d; systemctl daemon-reload`,
	);
}

/** A byte of a pack is another one, or the hash that was written down: the next drill says so, and the next run goes on. */
async function damage(t: ExecutionContext, lab: TestLab): Promise<void> {
	const drill = `g2pbook-drill-${job}`;
	const flip = (file: string) =>
		`python3 -c "
f = open('$(${file})', 'r+b'); f.seek(200); b = f.read(1); f.seek(200); f.write(bytes([b[0] ^ 1]))"`;
	const largest = `find ${kept}/files/${job}/data -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-`;
	// Packs are made unwritable.
	await lab.output(keeper, `${flip(largest)}`);
	t.not(await start(lab, drill), 0);
	t.regex((await result(lab, 'drill')).says, /cannot be read|is no archive|is damaged|is not what came in/);
	const told = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
	t.is(told.code, 3);
	t.regex(told.stdout, new RegExp(`^${job}\\tdrill\\tfailed`, 'm'));
	await lab.output(keeper, `${flip(largest)}`);
	t.is(await start(lab, drill), 0, 'mended');
	t.notRegex(
		(await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status')).stdout,
		new RegExp(`^${job}\\tdrill\\tfailed`, 'm'),
	);
	await lab.output(keeper, `sed -i 's/^./x/' ${kept}/sums/${job}.*`);
	t.not(await start(lab, drill), 0);
	t.regex((await result(lab, 'drill')).says, /is not what came in: its hash is [0-9a-f]{64}, and was x/);
	await lab.output(keeper, `rm ${kept}/sums/${job}.*`);
	t.not(await start(lab, drill), 0, 'one that nobody knows the hash of');
	await succeeds(t, lab);
	t.is(await start(lab, drill), 0);
}

/** What ends on the way makes no copy: the reading program, the connection, either host. */
async function cut(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(storage, `head -c 300M /dev/urandom >${folder}/large`);
	const underWay = async () => {
		await lab.output(keeper, `systemctl start --no-block ${unit}`);
		await lab.output(storage, "timeout 30 sh -c 'until pgrep -u g2pbook-source -x tar; do sleep 0.05; done'");
	};
	const ends = () =>
		lab.run(
			keeper,
			`timeout 60 sh -c 'while systemctl is-active ${unit} | grep -q activating; do sleep 0.2; done'`,
		);
	const before = await copies(lab);
	for (const line of ['pkill -9 -u g2pbook-source -x tar', 'pkill -9 -u g2pbook-source sshd']) {
		await underWay();
		await lab.run(storage, line);
		await ends();
		t.is((await result(lab)).state, 'failed', line);
	}

	await underWay();
	await lab.run(keeper, `pkill -9 -f '^/bin/bash /usr/local/lib/g2pbook/backup-files'`);
	await ends();
	t.is((await result(lab)).state, 'failed', 'the job itself was killed');
	t.deepEqual(await copies(lab), before);

	for (const host of [keeper, storage]) {
		await underWay();
		await lab.restart(host);
		await sleep(500);
		await succeeds(t, lab);
	}

	t.is(await restored(lab), await lab.output(storage, `cd ${folder} && ${fingerprint}`));
	await lab.output(storage, `rm ${folder}/large`);
}

/** What leaves the list is fetched no more; what was kept of it stays until it is named. */
export async function comesAndGoes(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const none = {
		backup_node_sources: [{ name: 'other', kind: 'files', hosts: [storage], paths: ['/etc/ssh'] }],
	};
	t.is((await again('another list', none)).code, 0);
	t.deepEqual((await again('another list, once more', none)).effects, []);
	t.is((await lab.run(keeper, `ls /etc/systemd/system/*${job}*`)).stdout, '');
	t.is((await lab.run(storage, 'ls /etc/g2pbook/backup-source')).stdout.trim(), 'other.list');
	t.is((await lab.run(keeper, `test -e ${kept}/files/${job}/config`)).code, 0);
	const wrong = await again('purge what is in the list', { ...none, backup_node_purge: `other.${storage}` });
	t.is(wrong.code, 5, wrong.stdout);
	t.is((await again('purge', { ...none, backup_node_purge: job })).code, 0);
	t.is((await lab.run(keeper, `ls ${kept}/files`)).stdout.includes(job), false);
	t.is((await again('the first list', {})).code, 0);
	t.is((await again('purge what is gone', { backup_node_purge: `other.${storage}` })).code, 0);
	await succeeds(t, lab);
}
