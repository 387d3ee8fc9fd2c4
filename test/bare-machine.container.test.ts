import test from 'ava';
import { putClone, startBareMachine } from './fixtures/containers/bare-machine.ts';
import { testImage } from './fixtures/containers/images.ts';

// What a clone says on a machine that has nothing but Node. That its tests then pass is shown by `npm test -- --bare`.

test('what is missing is installed by root, and named to others before anything else happens', async (t) => {
	t.timeout(5 * 60_000);
	const machine = await startBareMachine({ image: testImage });
	t.teardown(() => machine.remove());
	await putClone(machine, '/g2pbook');
	const nobody = (line: string) => `su nobody -s /bin/sh -c '${line}'`;
	const withoutApt = (line: string) =>
		`mv /usr/bin/apt-get /usr/bin/apt-not-there; ${line}; code=$?; mv /usr/bin/apt-not-there /usr/bin/apt-get; exit $code`;
	const browser = testImage.startsWith('ubuntu') ? '' : 'chromium';
	const all = `sshd, ssh, ssh-keygen, sudo, busybox, curl, ps, git, openssl, python3 with venv${browser === '' ? '' : `, ${browser}`}`;
	const packages =
		`openssh-server openssh-client sudo busybox curl procps git openssl python3-venv ${browser}`.trimEnd();
	const rows: readonly { line: string; code: number; stdout?: RegExp; stderr: string }[] = [
		{
			line: nobody('node scripts/test.mjs'),
			code: 1,
			stdout: /^FAILED: programs \(\d+ s\)\n\nTook \d+ s\.\n0 passed, 1 failed\n$/,
			stderr: `Missing on this machine: ${all}. Install them and repeat: sudo apt-get install ${packages}\n`,
		},
		{
			line: withoutApt('node scripts/test.mjs'),
			code: 1,
			stderr: `Missing on this machine: ${all}. Install them and repeat; in Debian they are in ${packages.replaceAll(' ', ', ')}.\n`,
		},
		{
			line: nobody('node scripts/bench.mjs'),
			code: 1,
			stderr:
				'Missing on this machine: sshd, ssh, ssh-keygen, python3 with venv, python3-apt. Install them and repeat: sudo apt-get install openssh-server openssh-client python3-venv python3-apt\n',
		},
		{
			line: nobody('node scripts/quickstart.mjs'),
			code: 1,
			stderr:
				'Missing on this machine: ssh. Install them and repeat: sudo apt-get install openssh-client\n\nQuickstart stopped: a program is missing. The reason stands above; run it again when it is gone.\n',
		},
		{
			line: 'node scripts/programs.mjs quickstart && ssh -V 2>/dev/null',
			code: 0,
			stderr: 'Installing what is missing for this (openssh-client) …\n',
		},
		{ line: 'node scripts/programs.mjs quickstart', code: 0, stderr: '' },
		{
			line: 'node scripts/programs.mjs lunch',
			code: 1,
			stderr: 'There is no purpose "lunch": say one of test, bench, quickstart.\n',
		},
	];
	for (const { line, code, stdout = /^/, stderr } of rows) {
		const result = await machine.run(`cd /g2pbook; ${line}`);
		t.is(result.stderr, stderr, line);
		t.regex(result.stdout, stdout, line);
		t.is(result.code, code, line);
	}
});
