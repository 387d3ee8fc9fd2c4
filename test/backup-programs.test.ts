import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { job, keeper } from './fixtures/backup-host.ts';

// What the programs of the role backup-node do around restic and ssh, which are stand-ins here. With the real ones:
// roles/backup-node/tests.

test.serial('a copy is made, and a drill reads it', (t) => {
	const { run, copies, result, folder } = keeper(t);
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

test.serial('half an archive never becomes a copy', async (t) => {
	const { run, start, copies, result } = keeper(t);
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

test.serial('an archive that has shrunk is told until it is accepted, and nothing goes for it', (t) => {
	const { folder, pack, run, copies, result } = keeper(t);
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

test.serial('what other words for how long would forget is named, and stays', (t) => {
	const { folder, run, copies } = keeper(t);
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

test.serial('the newest copy is brought to a second repository, and read from there', (t) => {
	const { folder, run, far, result } = keeper(t);
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
