import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, kept, result, start, storage } from './lab.ts';
import { drill, job, program, stanza } from './postgres-lab.ts';

/** Both restores of a drill: what says the time every second here stands for five minutes. */
export async function drills(t: ExecutionContext, lab: TestLab): Promise<void> {
	const dropIn = (file: string, lines: string) =>
		`mkdir -p /etc/systemd/system/${file}.d && printf '${lines}' >/etc/systemd/system/${file}.d/test.conf && systemctl daemon-reload`;
	await lab.output(
		storage,
		`${dropIn('g2pbook-backup-canary.timer', '[Timer]\\nOnCalendar=*:*:*\\nAccuracySec=10ms\\n')}
runuser -u postgres -- psql -qc "CREATE TABLE people AS SELECT generate_series(1, 1000) AS id"; sleep 25
runuser -u postgres -- psql -qc "SELECT pg_switch_wal()"; sleep 2`,
	);
	await lab.output(keeper, dropIn(`${drill}.service`, '[Service]\\nEnvironment=PATIENCE=12\\n'));
	const code = await start(lab, drill);
	const seen = await result(lab, 'drill', job);
	t.is(seen.state, 'ok', seen.says);
	t.is(code, 0);
	t.regex(
		seen.says,
		/the newest, up to -?\d+ seconds before this drill, \d{4,} lines read; .* by chance, \d seconds after/,
	);
	t.is(
		(await lab.run(keeper, `ls ${kept}/postgres-scratch; pgrep -x postgres`)).stdout,
		'',
		'nothing is left of it',
	);

	await damage(t, lab);
	await lab.output(keeper, `rm -r /etc/systemd/system/${drill}.service.d; systemctl daemon-reload`);
	await lab.output(
		storage,
		'systemctl stop g2pbook-backup-canary.timer; rm -r /etc/systemd/system/g2pbook-backup-canary.timer.d; systemctl daemon-reload; systemctl start g2pbook-backup-canary.timer',
	);
	const dumped = await lab.output(
		keeper,
		`${program} dump ${job} postgres 2>/root/said | pg_restore --list | grep -c people`,
	);
	t.true(Number(dumped) > 0);
}

/** A byte is another one, in a backup and in the log: each drill says in which file, and so does the status. */
async function damage(t: ExecutionContext, lab: TestLab): Promise<void> {
	for (const [says, where] of [
		['F/(bundle|pg_data)/', `backup/${stanza} -type f -size +100k ! -name '*.manifest*'`],
		['\\d+-1/\\S*zst', `archive/${stanza} -type f -name '*.zst'`],
	] as const) {
		const file = (await lab.output(keeper, `find ${kept}/postgres/${where} | sort | head -n 1`)).trim();
		await lab.output(
			keeper,
			`cp -p ${file} /root/whole; python3 -c "
f = open('${file}', 'r+b'); f.seek(300); b = f.read(1); f.seek(300); f.write(bytes([b[0] ^ 1]))"`,
		);
		t.not(await start(lab, drill), 0, 'a byte is another one');
		const seen = await result(lab, 'drill', job);
		t.is(seen.state, 'failed');
		t.regex(seen.says, new RegExp(`what is kept is damaged .*invalid \\w+ '?\\S*${says}`));
		const told = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
		t.is(told.code, 3);
		t.regex(told.stdout, new RegExp(`^${job}\\tdrill\\tfailed.*invalid `, 'm'));
		await lab.output(keeper, `cp -p /root/whole ${file}`);
	}
}
