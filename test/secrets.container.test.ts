import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { encrypt } from '../src/secrets/age.ts';
import { quote } from '../src/shell/command.ts';
import { repository } from './fixtures/containers/command-line.ts';
import { startHost, type TestHost } from './fixtures/containers/host.ts';
import { testRun } from './fixtures/containers/reaper.ts';
import { formsOf } from './secrets-in-a-run/forms.ts';

// One playbook with secrets wherever a secret can stand, checked and run with everything that shows anything. Then
// whatever was shown, and whatever was left behind, is searched for them in all the forms that programs give them.

const line = (bytes: number) => randomBytes(bytes).toString('base64');
const secrets = {
	plain: `S3cretPlain${randomBytes(6).toString('hex')}`,
	quotes: `it's "quoted" $HOME \`id\` \\n & <back\\slash> #{{x}} %41+ ${randomBytes(4).toString('hex')}`,
	unicode: `pässwörd-✓-łódź-😀-${randomBytes(4).toString('hex')}`,
	pem: `-----BEGIN PRIVATE KEY-----\n${[line(48), line(48), line(48), line(30)].join('\n')}\n-----END PRIVATE KEY-----`,
	short: 'Zq7%',
	digits: '731945028',
	hash: `$6$saltsalt$${randomBytes(43).toString('hex')}`,
};
const grouped = `From'Group"Vars$${randomBytes(4).toString('hex')}`;
const included = `Included\\Value'${randomBytes(4).toString('hex')}`;
const given = `Given On The Command Line ${randomBytes(4).toString('hex')}`;
const sudoPassword = `sud0' $(x) ü ${randomBytes(4).toString('hex')}`;
const old = `OldSecret'Value${randomBytes(6).toString('hex')}`;
const derived = [`PREFIX`, secrets.plain.toUpperCase(), secrets.unicode.toUpperCase()].slice(1);
const marker = '-----BEGIN PRIVATE KEY-----';

const needles = new Map(
	[...Object.values(secrets), grouped, included, given, sudoPassword, old, ...derived].flatMap((secret) => [
		...formsOf(secret),
	]),
);
needles.delete(marker);
needles.delete('-----END PRIVATE KEY-----');

/** Where a secret stands in a text, with what is around it, so that a failure says which of them and how. */
function leaks(text: string): readonly string[] {
	return [...needles].flatMap(([needle, form]) => {
		const at = text.indexOf(needle);
		return at === -1
			? []
			: [`${form}: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + needle.length + 40))}`];
	});
}

let host: TestHost;
let server: Server;
let folder: string;
const environment = () => ({
	HOME: join(folder, 'home'),
	NO_COLOR: '1',
	G2PBOOK_AGE_KEY: '',
	TMPDIR: join(folder, 'tmp'),
});

const program = process.env.G2PBOOK_BUILT
	? [join(repository, 'dist/main.js')]
	: ['--import=tsx', join(repository, 'src/main.ts')];

async function g2pbook(words: readonly string[], input = '') {
	const { exitCode, stdout, stderr } = await execa(process.execPath, [...program, ...words], {
		cwd: repository,
		env: environment(),
		reject: false,
		input,
		stripFinalNewline: false,
	});
	return { code: exitCode, stdout, stderr };
}

/** What every process on this machine was called with, looked at again and again. */
function watchProcesses(): () => string {
	const seen = new Set<string>();
	const timer = setInterval(() => {
		for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
			try {
				seen.add(readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '));
			} catch {
				// It has ended in the meantime.
			}
		}
	}, 50);
	return () => {
		clearInterval(timer);
		return [...seen].join('\n');
	};
}

const samples = '/dev/shm/samples';
// Arguments and environments as a user without any rights sees them.
const sampler = `cat >/dev/shm/sampler <<'END'
while :; do
	cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '
	echo
	sleep 0.03
done
END
echo $$ >/dev/shm/sampler.pid
exec setpriv --reuid=nobody --regid=nogroup --clear-groups sh /dev/shm/sampler >${samples}`;

async function inventory(): Promise<void> {
	folder = join(testRun().folder, 'secrets');
	await cp(fileURLToPath(new URL('./secrets-in-a-run', import.meta.url)), folder, { recursive: true });
	await mkdir(join(folder, 'home'));
	await mkdir(join(folder, 'tmp'));
	const path = join(folder, 'inventory');
	await mkdir(join(path, 'group_vars'), { recursive: true });
	const { address, keyFile, knownHosts } = host;
	const common = `-o UserKnownHostsFile=${knownHosts}`;
	writeFileSync(
		join(path, 'hosts.yml'),
		`all: {hosts: {target: {ansible_host: ${address}, ansible_user: asker, ansible_ssh_private_key_file: ${keyFile}, ansible_ssh_common_args: "${common}"}}}\n`,
	);
	writeFileSync(
		join(path, 'group_vars/all.yml'),
		Object.keys(secrets)
			.map((name) => `${name}: !secret ${name}\n`)
			.join(''),
	);
	await g2pbook(['secret', 'init', '-i', path]);
	for (const [name, value] of Object.entries(secrets)) {
		const { code, stdout, stderr } = await g2pbook(['secret', 'set', name, '-i', path], value);
		if (code !== 0) {
			throw new Error(`the secret ${name} was not stored: ${stdout}${stderr}`);
		}
	}

	const recipients = readFileSync(join(path, 'recipients.txt'), 'utf8').match(/age1\w+/g) ?? [];
	const sealed = async (file: string, values: object) =>
		writeFileSync(join(folder, file), await encrypt(JSON.stringify(values), recipients, file));
	await sealed('inventory/group_vars/all.age.yml', { grouped, ansible_become_password: sudoPassword });
	await sealed('included.age.yml', { included });
	await sealed('given.age.yml', { given });
}

async function prepareHost(): Promise<void> {
	await host.output(
		[
			'useradd --create-home --shell /bin/bash asker',
			'cp -r /home/admin/.ssh /home/asker/ && chown -R asker: /home/asker/.ssh',
			`printf '%s' ${quote(`asker:${sudoPassword}`)} | chpasswd`,
			"echo 'asker ALL=(ALL) ALL' >/etc/sudoers.d/asker && chmod 0440 /etc/sudoers.d/asker",
			'apt-get install -yq curl postgresql >/dev/null 2>&1',
			'echo "log_statement = \'all\'" | tee -a /etc/postgresql/*/main/postgresql.conf',
			'systemctl restart postgresql',
			'mkdir -p /srv/secret && chmod 0700 /srv/secret',
			`printf 'password=%s\\nuser=app\\n' ${quote(old)} >/srv/secret/old.conf`,
			`printf 'user=app\\npassword=%s\\ntoken=%s\\nport=1\\n' ${quote(old)} ${quote(old)} >/srv/secret/edited.conf`,
			'systemctl stop systemd-journald && rm -rf /run/log/journal /var/log/journal && systemctl start systemd-journald',
			'sleep 1.1',
			'touch /dev/shm/stamp',
		].join(' && '),
	);
}

type Shown = { readonly code: number | undefined; readonly texts: Readonly<Record<string, string>> };

const port = () => {
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
};

async function runAll(name: string, ...words: readonly string[]): Promise<Shown> {
	const file = (ending: string) => join(folder, `${name}.${ending}`);
	const reports = [`json=${file('json')}`, `junit=${file('xml')}`, `html=${file('html')}`].flatMap(
		(report) => ['--report', report],
	);
	const gateway = host.address.replace(/\.\d+$/, '.1');
	const { code, stdout, stderr } = await g2pbook([
		...['run', join(folder, 'site.yml'), '-i', join(folder, 'inventory'), '-vvv', '--diff', ...reports],
		// This machine is a host too, and other tests may have its lock.
		...['--lock-wait', '120'],
		...['-e', `server=http://${gateway}:${port()}`, '-e', `@${join(folder, 'given.age.yml')}`, ...words],
	]);
	const [json, junit, html] = ['json', 'xml', 'html'].map((ending) => readFileSync(file(ending), 'utf8'));
	return { code, texts: { stdout, stderr, json: json ?? '', junit: junit ?? '', html: html ?? '' } };
}

const shown = new Map<string, Shown>();
let processes = '';
let sampled = '';

test.before('everything is done, and watched', async (t) => {
	t.timeout(10 * 60_000);
	server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => {
			body += chunk.toString();
		});
		request.on('end', () => {
			response.writeHead(request.url === '/echo' ? 200 : 418, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ headers: request.headers, body }));
		});
	});
	await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening));
	host = await startHost(undefined);
	await prepareHost();
	await inventory();
	const watching = host.run(sampler);
	const stop = watchProcesses();
	try {
		shown.set('check', await runAll('check', '--check'));
		shown.set('run', await runAll('run'));
		shown.set('again', await runAll('again'));
		shown.set('check again', await runAll('check-again', '--check'));
	} finally {
		processes = stop();
		await host.run('kill $(cat /dev/shm/sampler.pid)');
		await watching;
	}

	sampled = await host.output(`cat ${samples}; rm -f ${samples} /dev/shm/sampler*`);
});

test.after.always('the host goes', async () => {
	server?.closeAllConnections();
	server?.close();
	await host?.remove();
});

for (const name of ['check', 'run', 'again', 'check again']) {
	for (const where of ['stdout', 'stderr', 'json', 'junit', 'html']) {
		test(`${name}: no secret in ${where}`, (t) => {
			t.deepEqual(leaks(shown.get(name)?.texts[where] ?? ''), []);
		});
	}
}

test('the run went through all of it', (t) => {
	const { code, texts } = shown.get('run') ?? { code: undefined, texts: {} };
	t.is(code, 2);
	t.log(texts.stdout?.slice(-3000));
	t.regex(texts.stdout ?? '', /The end, which fails/);
});

test('no secret among the arguments of a process on the host, nor in an environment that others can read', (t) => {
	t.true(sampled.includes('sshd'), 'processes were seen');
	t.deepEqual(leaks(sampled), []);
});

test('no secret among the arguments of a process on the controller', (t) => {
	t.true(processes.includes('site.yml'), 'processes were seen');
	t.deepEqual(leaks(processes), []);
});

// Before the tests that ask the host for something else: what a session keeps there while it lasts is not left behind.
test.serial('no secret in a file that was left on the host, where none is meant to be', async (t) => {
	t.timeout(60_000);
	const patterns = Buffer.from([...needles.keys()].join('\n')).toString('base64');
	const found = await host.run(`cd /dev/shm && printf %s ${patterns} | base64 -d >patterns
find / \\( -path /proc -o -path /sys -o -path /srv/secret -o -path /dev/shm/patterns \\) -prune -o -type f -cnewer stamp -print0 |
	LC_ALL=C xargs -0 grep -laF -f patterns
rm -f patterns`);
	// Where the hashes of passwords live.
	const meant = new Set(['/etc/shadow', '/etc/shadow-']);
	t.deepEqual(
		found.stdout.split('\n').filter((path) => path !== '' && !meant.has(path)),
		[],
	);
	// A shell tidies up when its conversation ends, which is a moment after the program.
	const left = await host.output(`for second in 1 2 3 4 5; do
	left=$(find / -xdev -name '.g2p-*' ! -path '/proc/*'; ls -A /dev/shm /tmp | grep g2p)
	[ -n "$left" ] || break
	sleep 1
done
printf %s "$left"`);
	t.is(left, '');
});

test('no secret in the journal', async (t) => {
	const journal = await host.output('journalctl --no-pager -a -o export');
	t.true(journal.includes('sudo'), 'something was logged');
	t.deepEqual(leaks(journal), []);
});

test('no secret in a file that was left on the controller', async (t) => {
	const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
		entry.isFile(),
	);
	t.true(files.length > 10);
	for (const { parentPath, name } of files) {
		t.deepEqual(leaks(await readFile(join(parentPath, name), 'utf8')), [], join(parentPath, name));
	}
});

for (const words of [
	['inventory', '--list'],
	['inventory', '--host', 'target'],
	['vars', 'target'],
	['vars', 'target', '--explain', 'plain'],
	['vars', 'target', '--explain', 'ansible_become_password'],
	['plan', 'site.yml'],
	['run', 'site.yml', '--list-tasks'],
	['run', 'mistakes.yml'],
	['exec', 'target', '-m', 'debug', 'msg={{plain}} {{given}} {{ansible_become_password}}', '-vvv'],
	['exec', 'target', '-m', 'command', 'cmd=cat', 'stdin={{quotes}}', '-vvv'],
	['exec', 'target', '-m', 'command', 'cmd=cat {{pem}}', '-vvv'],
	['lint', 'site.yml'],
]) {
	test(`no secret: g2pbook ${words.join(' ')}`, async (t) => {
		t.timeout(60_000);
		const files = words.map((word) => (word.endsWith('.yml') ? join(folder, word) : word));
		const place =
			words[0] === 'lint' ? [] : ['-i', join(folder, 'inventory'), '-e', `@${join(folder, 'given.age.yml')}`];
		const { stdout, stderr } = await g2pbook([
			...files,
			...(words[0] === 'inventory' ? place.slice(0, 2) : place),
		]);
		t.not(stdout + stderr, '');
		t.deepEqual(leaks(stdout + stderr), []);
		t.notRegex(stderr, /unknown option|bug in g2pbook/);
	});
}
