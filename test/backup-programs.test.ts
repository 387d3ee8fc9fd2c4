import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';

// What the programs of the role backup-node do around restic and ssh, which are stand-ins here. With the real ones:
// roles/backup-node/tests.

const root = join(import.meta.dirname, '..');
const job = 'files.storage1';

/** A backup host in a folder: its settings, its repository, and the program with the paths of that folder. */
function keeper() {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-backup-'));
	for (const path of ['kept/files', 'kept/sums', 'state/results', 'state/locks', 'settings/jobs', 'tree']) {
		mkdirSync(join(folder, path), { recursive: true });
	}

	const words = {
		NAME: 'files',
		KIND: 'files',
		STANZA: 'files-storage1',
		ACCOUNT: 'x',
		HOST: 'storage1',
		ADDRESS: 'x',
		PORT: '22',
		ROOT: join(folder, 'kept'),
	};
	const more = {
		DISK: '',
		FREE_MB: '1',
		SENTINEL: '/tree/always',
		KEEP: '--keep-daily 7',
	};
	writeFileSync(
		join(folder, 'settings/jobs', job),
		Object.entries({ ...words, ...more })
			.map(([name, value]) => `${name}='${value}'\n`)
			.join(''),
	);
	writeFileSync(join(folder, 'tree/always'), 'always\n');
	writeFileSync(join(folder, 'tree/large'), 'x'.repeat(200_000));
	const pack = () => execFileSync('tar', ['-cf', join(folder, 'archive'), '-C', folder, 'tree']);
	pack();
	const program = (name: string) => readFileSync(join(root, 'roles/backup-node/files', name), 'utf8');
	writeFileSync(
		join(folder, 'common.sh'),
		program('common.sh')
			.replace(/^PATH=.*$/m, `PATH=${join(root, 'test/fixtures/backup')}:$PATH`)
			.replace(/^settings=.*$/m, `settings=${folder}/settings`)
			.replace(/^state=.*$/m, `state=${folder}/state`)
			.replace(/^.*exec runuser.*$/m, ''),
	);
	writeFileSync(
		join(folder, 'files.sh'),
		program('files.sh')
			.replace('/usr/local/lib/g2pbook/backup-common', join(folder, 'common.sh'))
			.replace(
				'/usr/local/lib/g2pbook/backup-copies',
				join(import.meta.dirname, '../roles/backup-node/files/copies.sh'),
			),
	);
	mkdirSync(join(folder, 'settings/offsite'));
	const where = { WHERE: join(folder, 'far'), PORT: '22', FAR_KEEP: '--keep-daily 7' };
	const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
	writeFileSync(
		join(folder, 'settings/offsite/where'),
		Object.entries({ ...where, ...keys })
			.map(([name, value]) => `${name}='${value}'\n`)
			.join(''),
	);
	writeFileSync(
		join(folder, 'offsite.sh'),
		program('offsite.sh').replace('/usr/local/lib/g2pbook/backup-common', join(folder, 'common.sh')),
	);
	const env = (mishap: string) => ({ ...process.env, ARCHIVE: join(folder, 'archive'), MISHAP: mishap });
	return {
		folder,
		pack,
		run: (word: string, mishap = '', ...more: readonly string[]) =>
			spawnSync('bash', [join(folder, 'files.sh'), word, job, ...more], {
				env: env(mishap),
				encoding: 'utf8',
			}),
		far: (word: string) =>
			spawnSync('bash', [join(folder, 'offsite.sh'), word, job], { env: env(''), encoding: 'utf8' }),
		start: (word: string, mishap: string): ChildProcess =>
			spawn('bash', [join(folder, 'files.sh'), word, job], {
				env: env(mishap),
				detached: true,
				stdio: 'ignore',
			}),
		copies: () => readdirSync(join(folder, 'kept/files', job)).filter((name) => name.startsWith('copy-')),
		result: (what = 'run') =>
			JSON.parse(readFileSync(join(folder, `state/results/${job}.${what}.json`), 'utf8')) as {
				readonly state: string;
				readonly says: string;
			},
	};
}

test('a copy is made, and a drill reads it', (t) => {
	const { run, copies, result, folder } = keeper();
	t.is(run('run').status, 1);
	t.regex(result().says, /not there any more: is its disk mounted/, 'a backup makes no repository');
	t.is(run('make').status, 0);
	const made = run('run');
	t.is(made.status, 0, made.stderr);
	t.is(copies().length, 1);
	t.is(run('drill').status, 0, result('drill').says);
	t.regex(result('drill').says, /^3 entries, all bytes as they came in/);
	t.is(run('run', 'changes').status, 0);
	t.regex(result().says, /some files changed while they were read/);

	appendFileSync(join(folder, 'kept/files', job, copies().at(-1) ?? ''), 'x');
	for (const name of copies()) {
		appendFileSync(join(folder, 'kept/files', job, name), 'x');
	}

	t.is(run('drill').status, 1);
	t.regex(result('drill').says, /is not what came in: its hash is [0-9a-f]{64}, and was [0-9a-f]{64}/);
});

test('half an archive never becomes a copy', async (t) => {
	const { run, start, copies, result } = keeper();
	t.is(run('make').status, 0);
	t.is(run('run', 'fails').status, 1);
	t.is(result().state, 'failed');
	t.regex(result().says, /did not hand out all of it \(code 2\): tar: half of it/);
	for (const [signal, group] of [
		['SIGTERM', true],
		['SIGKILL', false],
	] as const) {
		const child = start('run', 'hangs');
		const { pid = 0 } = child;
		await sleep(1500);
		t.is(result().state, 'running');
		process.kill(group ? -pid : pid, signal);
		await once(child, 'exit');
		await sleep(300);
		if (signal === 'SIGKILL') {
			process.kill(-pid, 'SIGKILL');
			t.is(run('ended').status, 0);
		}

		t.is(result().state, 'failed', signal);
		t.deepEqual(copies(), [], signal);
	}

	t.is(run('run').status, 0, 'the next one goes through');
	t.is(copies().length, 1);
});

test('an archive that has shrunk is told until it is accepted, and nothing goes for it', (t) => {
	const { folder, pack, run, copies, result } = keeper();
	t.is(run('make').status, 0);
	t.is(run('run').status, 0);
	writeFileSync(join(folder, 'tree/large'), '');
	pack();
	for (const count of [2, 3]) {
		t.is(run('run').status, 1, 'also when the one before it was as small');
		t.regex(result().says, /has \d+ bytes, and before it were 2\d{5}: is something lost on storage1\?/);
		t.is(copies().length, count, 'what came is kept');
	}

	t.is(run('drill').status, 0, result('drill').says);
	t.is(run('accept').status, 0);
	t.is(run('run').status, 0, result().says);
	t.is(run('run').status, 0, 'and is what the next one is compared with');
});

test('what other words for how long would forget is named, and stays', (t) => {
	const { folder, run, copies } = keeper();
	t.is(run('make').status, 0);
	for (const _ of [1, 2, 3, 4]) {
		t.is(run('run').status, 0);
	}

	const names = readFileSync(join(folder, 'kept/files', job, 'names'), 'utf8')
		.trim()
		.split('\n');
	const { stdout } = run('would', '', '--keep-daily', '1');
	t.is(stdout, `${names[0]} of 2026-11-30\n${names[1]} of 2026-11-30\n`);
	t.is(copies().length, 4);
});

test('the newest copy is brought to a second repository, and read from there', (t) => {
	const { folder, run, far, result } = keeper();
	t.is(run('make').status, 0);
	t.is(far('offsite').status, 1);
	t.regex(result('offsite').says, /second repository \S+far\/files\.storage1 does not open/);
	t.is(far('make').status, 0);
	t.is(far('there').status, 0);
	t.is(far('offsite').status, 1);
	t.regex(result('offsite').says, /there is no copy here yet/);
	t.is(far('offdrill').status, 1);
	t.regex(result('offdrill').says, /there is no copy yet in the second repository/);
	t.is(run('run').status, 0);
	t.is(far('offsite').status, 0, result('offsite').says);
	t.regex(result('offsite').says, /^the copy [0-9a-f]{8}, as f[0-9a-f]{7} there$/);
	t.is(far('offdrill').status, 0, result('offdrill').says);
	t.regex(
		result('offdrill').says,
		/^f[0-9a-f]{7}, all bytes as they once came in; part \d+ of 13 of the second/,
	);
	const [copy = ''] = readdirSync(join(folder, 'far', job)).filter((name) => name.startsWith('copy-'));
	appendFileSync(join(folder, 'far', job, copy), 'x');
	t.is(far('offdrill').status, 1);
	t.regex(result('offdrill').says, /of the second repository is not what once came in/);
	t.is(run('drill').status, 0, 'the first one is as it was');
});
