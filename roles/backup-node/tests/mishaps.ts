import type { ExecutionContext } from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import {
	copies,
	ends,
	fails,
	folder,
	job,
	keeper,
	kept,
	result,
	site,
	sources,
	start,
	storage,
	succeeds,
	underWay,
	unit,
} from './lab.ts';

const state = '/var/lib/g2pbook/backup-node';
const copiesOf = `${kept}/files/${job}`;

/** Each ends loudly, and what was kept before stays. */
export async function mishaps(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(storage, `mv ${folder} ${folder}.away`);
	await fails(t, lab, /always is not there, which always is: is its disk mounted/);
	await lab.output(storage, `ln -s ${folder}.away ${folder}`);
	await fails(t, lab, /data \(\/srv\/data\.away\) is a link, of which nothing but the link would be kept/);
	await lab.output(storage, `rm ${folder} && mv ${folder}.away ${folder}`);

	// Only its own file is older than the hour that the list asks for.
	await lab.output(storage, `mkdir ${folder}/news && touch -d '2 hours ago' ${folder}/news/old`);
	const fresh = {
		backup_node_sources: [{ ...sources[0], fresh: { path: `${folder}/news`, hours: 1 } }, sources[1]],
	};
	t.is((await again('something new is expected', fresh)).code, 0);
	await fails(t, lab, /nothing new has come into .*news \(for 1 hours\)/);
	await lab.output(storage, `touch ${folder}/news/new`);
	await succeeds(t, lab);
	await lab.output(storage, `rm -r ${folder}/news`);
	t.is((await again('more has to be free than there is', { backup_node_free_mb: 1_000_000_000 })).code, 0);
	await fails(t, lab, /only \d+ MB are free/);
	t.is((await again('as much as there was', {})).code, 0);

	await lab.output(keeper, `mv ${copiesOf} ${kept}/away`);
	t.not(await start(lab), 0);
	t.regex((await result(lab)).says, /is not there any more: is its disk mounted/);
	await lab.output(keeper, `mv ${kept}/away ${copiesOf}`);

	await lab.output(storage, 'systemctl stop ssh.socket; systemctl stop ssh');
	await fails(t, lab, /did not hand out all of it \(code 255\).*Connection refused/);
	await lab.output(storage, 'systemctl start ssh.socket; systemctl start ssh');

	await shrunk(t, lab, again);
	await wrongPassphrase(t, lab, again);
	await fullDisk(t, lab);
	await hung(t, lab);
	await together(t, lab);
	await damage(t, lab);
	await succeeds(t, lab);
}

/** Nearly all is gone beside its sentinel: that is kept, told each night, and nothing is forgotten for it. */
async function shrunk(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await copies(lab);
	await lab.output(
		storage,
		`mkdir /root/away && find ${folder} -mindepth 1 -maxdepth 1 ! -name always -exec mv -t /root/away {} +`,
	);
	for (const count of [1, 2]) {
		t.not(await start(lab), 0);
		t.regex((await result(lab)).says, /bytes, and before it were \d+: is something lost on storage1\?/);
		const now = await copies(lab);
		t.deepEqual(now.slice(0, before.length), before, 'nothing was forgotten');
		t.is(now.length, before.length + count, 'what came is kept');
	}

	t.is((await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status')).code, 3);
	// Two are always kept, and all are of today.
	const gone = (await copies(lab)).slice(0, -2).map((copy) => `${copy} of [0-9-]{10}`);
	const words = await again(
		'check of other words for how long',
		{ backup_node_keep: { daily: 1 } },
		'--check',
	);
	t.is(words.code, 0, words.stdout);
	t.regex(
		words.stdout.replaceAll(/\s+/g, ' '),
		new RegExp(
			`what ${job} keeps is to be another number, and its next run will forget ${gone.length}: ${gone.join(', ')}`,
		),
	);
	await lab.output(keeper, `/usr/local/lib/g2pbook/backup-files accept ${job}`);
	await succeeds(t, lab);
	await lab.output(storage, `mv /root/away/* /root/away/.[!.]* ${folder}/ 2>/dev/null; rmdir /root/away`);
	await succeeds(t, lab);
}

/** In the store a run of the role refuses it; in the file on the host each job says so, and leaves all as it is. */
async function wrongPassphrase(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const refused = await again('another passphrase', { backup_node_passphrase: 'another' });
	t.is(refused.code, 5, refused.stdout);
	t.regex(refused.stdout.replaceAll(/\s+/g, ' '), /another backup_node_passphrase than the one that opens/);
	const file = '/etc/g2pbook/backup-node/passphrase';
	await lab.output(keeper, `cp -p ${file} /root/passphrase && echo another >${file}`);
	t.not(await start(lab), 0);
	t.regex((await result(lab)).says, /the repository does not open: .*wrong password/);
	await lab.output(keeper, `mv /root/passphrase ${file}`);
	await succeeds(t, lab);
}

/** The disk becomes full in the middle: no copy is made, and those of before can still be read. */
async function fullDisk(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(storage, `head -c 64M /dev/urandom >${folder}/large`);
	await lab.output(
		keeper,
		`mv ${copiesOf} ${kept}/away && mkdir ${copiesOf} &&
mount -t tmpfs -o size=$(($(du -sm ${kept}/away | cut -f1) + 20))m none ${copiesOf} && cp -a ${kept}/away/. ${copiesOf}`,
	);
	await fails(t, lab, /restic (could not keep it|ended before its time): .*no space left on device/);
	await lab.run(keeper, `head -c 1G /dev/zero >${copiesOf}/fill`);
	t.is(
		await start(lab, `g2pbook-drill-${job}`),
		0,
		'the newest of before is whole, on a disk without a free byte',
	);
	const dump = await lab.run(keeper, `/usr/local/lib/g2pbook/backup-files dump ${job} | tar -t | wc -l`);
	t.true(Number(dump.stdout) > 1000);
	await lab.output(keeper, `umount ${copiesOf} && rmdir ${copiesOf} && mv ${kept}/away ${copiesOf}`);
	await lab.output(storage, `rm ${folder}/large`);
	await succeeds(t, lab);
}

const limit = (lab: TestLab, seconds: number) =>
	lab.output(
		keeper,
		`mkdir -p /etc/systemd/system/${unit}.service.d
printf '[Service]\\nTimeoutStartSec=%s\\n' ${seconds} >/etc/systemd/system/${unit}.service.d/test.conf; systemctl daemon-reload`,
	);

/** What does not end is ended: a source that says nothing more, a repository that something else has. */
async function hung(t: ExecutionContext, lab: TestLab): Promise<void> {
	// Long enough to come as far as that on a host that has much else to do.
	await limit(lab, 20);
	await lab.output(storage, `head -c 200M /dev/urandom >${folder}/large`);
	const before = await copies(lab);
	await underWay(lab);
	await lab.output(storage, 'pkill -STOP -u g2pbook-source -x tar');
	await ends(lab);
	t.regex((await result(lab)).says, /its time limit/);
	t.deepEqual(await copies(lab), before);
	await lab.output(storage, `pkill -9 -u g2pbook-source -x tar; rm ${folder}/large`);
	await limit(lab, 4);
	await lab.output(
		keeper,
		`systemd-run --quiet --unit holder flock ${state}/locks/${job} sleep 600; sleep 1`,
	);
	await fails(t, lab, /its time limit|something else has used|ended without a word: timeout/);
	await lab.output(
		keeper,
		`systemctl stop holder; rm -r /etc/systemd/system/${unit}.service.d; systemctl daemon-reload`,
	);
}

/** A drill and a person that begin while a run is under way wait for it; another run is the one that is under way. */
async function together(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await copies(lab);
	const codes = await Promise.all([
		start(lab),
		start(lab),
		start(lab, `g2pbook-drill-${job}`),
		lab.run(keeper, `/usr/local/lib/g2pbook/backup-files list ${job}`).then(({ code }) => code),
	]);
	t.deepEqual(codes, [0, 0, 0, 0]);
	t.is((await copies(lab)).filter((copy) => !before.includes(copy)).length, 1, 'one run, not two');
}

/** A byte of a pack is another one, or the hash that was written down: the next drill says so, and the next run goes on. */
async function damage(t: ExecutionContext, lab: TestLab): Promise<void> {
	const drill = `g2pbook-drill-${job}`;
	const flip = (file: string) =>
		`python3 -c "
f = open('$(${file})', 'r+b'); f.seek(200); b = f.read(1); f.seek(200); f.write(bytes([b[0] ^ 1]))"`;
	const largest = `find ${kept}/files/${job}/data -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-`;
	// Each byte is one that the newest copy needs: of others, the drill reads a thirteenth.
	const restic = `/usr/local/lib/g2pbook/backup-files restic ${job}`;
	await lab.output(
		keeper,
		`${restic} forget --group-by host --keep-last 1 && ${restic} prune --max-unused 0`,
	);
	await lab.output(keeper, `${flip(largest)}`);
	t.not(await start(lab, drill), 0);
	t.regex((await result(lab, 'drill')).says, /cannot be read|is no archive|is damaged|is not what came in/);
	const told = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
	t.is(told.code, 3);
	t.regex(told.stdout, new RegExp(`^${job}\\tdrill\\tfailed`, 'm'));
	const status = await g2pbook(['status', '-i', lab.folder, '-l', 'backup', '-e', JSON.stringify(site.vars)]);
	t.is(status.code, 3, status.stdout);
	t.regex(
		status.stdout,
		new RegExp(`^  ✗ backup +${job}: drill: .+ \\(see: journalctl -u g2pbook-drill-${job}\\)$`, 'm'),
	);
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
