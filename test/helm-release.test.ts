import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runPlaybook } from './engine/run-playbook.ts';

const before = 'password of last year';
const after = 'password of this year';

const manifest = (greeting: string, password: string) =>
	[
		'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: w}\ndata:',
		`  greeting: ${greeting}\n  url: postgres://w:${encodeURIComponent(password)}@db\n`,
		`---\napiVersion: v1\nkind: Secret\nmetadata: {name: w}\nstringData: {password: ${password}}\n`,
	].join('\n');

/** What stands for helm: it has a release, and notes what it is given. */
const helm = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$*" >>"$here/words"
case "$*" in
*--dry-run*) cat >"$here/looked"; sha256sum <chart.tgz >>"$here/charts" 2>/dev/null; cat <<'END'
${JSON.stringify({ manifest: manifest('new', after), chart: { metadata: { name: 'web', version: '1.0.0' } } })}
END
;;
template*) cat >/dev/null; cat <<'END'
${manifest('new', after)}
END
;;
list*) printf '[{"name": "w", "namespace": "web", "revision": "1", "status": "deployed", "chart": "web-1.0.0"}]' ;;
status*) cat <<'END'
${JSON.stringify({ manifest: manifest('old', before), config: { db: { password: before }, greeting: 'old' } })}
END
;;
upgrade*) cat >"$here/values"; sha256sum <chart.tgz >>"$here/charts" 2>/dev/null; exit 3 ;;
esac
`;

async function folderWithPrograms(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'g2pbook-helm-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	for (const [name, text] of Object.entries({ helm, kubectl: '#!/bin/sh\ncat >/dev/null\n' })) {
		await writeFile(join(folder, name), text);
		await chmod(join(folder, name), 0o755);
	}

	return folder;
}

const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Release
      helm_release:
        name: w
        namespace: web
        chart: /srv/web
        values: {db: {password: !secret db_password}, greeting: new}
        helm: DIR/helm
        kubectl: DIR/kubectl
`;

// One after the other: each is at home in a folder of its own, which goes with it.
test.serial('the objects are shown, and secrets of now and before are not', async (t) => {
	const folder = await folderWithPrograms(t);
	const { events } = await runPlaybook(
		t,
		{ playbook, hosts: 'a', secrets: { db_password: after }, options: { check: true, diff: true } },
		folder,
	);
	const told = JSON.stringify(events);
	t.regex(told, /-? *greeting: old/);
	t.regex(told, /greeting: new/);
	t.regex(told, /•••••• \(another\)/);
	for (const secret of [before, after].flatMap((text) => [text, encodeURIComponent(text)])) {
		t.false(told.includes(secret), secret);
		t.false((await readFile(join(folder, 'words'), 'utf8')).includes(secret), secret);
	}
});

test.serial('they go to the input, and what fails does not tell them', async (t) => {
	const folder = await folderWithPrograms(t);
	const { events } = await runPlaybook(t, { playbook, hosts: 'a', secrets: { db_password: after } }, folder);
	t.is(
		await readFile(join(folder, 'values'), 'utf8'),
		JSON.stringify({ db: { password: after }, greeting: 'new' }),
	);
	const told = JSON.stringify(events);
	t.regex(told, /ended with code 3/);
	t.false(told.includes(after));
	t.false(told.includes(before));
});

test.serial('a large archive arrives whole, beside the values', async (t) => {
	const folder = await folderWithPrograms(t);
	const chart = randomBytes(2 * 1024 * 1024);
	await mkdir(join(folder, 'files'));
	await writeFile(join(folder, 'files/web.tgz'), chart);
	const fromFile = playbook.replace('chart: /srv/web', 'src: web.tgz\n        atomic: true');
	const { events } = await runPlaybook(
		t,
		{ playbook: fromFile, hosts: 'a', secrets: { db_password: after } },
		folder,
	);
	t.regex(JSON.stringify(events), /ended with code 1/);
	const hash = createHash('sha256').update(chart).digest('hex');
	const found = (await readFile(join(folder, 'charts'), 'utf8')).trim().split('\n');
	t.true(found.length > 1);
	t.deepEqual([...new Set(found)], [`${hash}  -`]);
	for (const name of ['looked', 'values']) {
		t.is(
			(await readFile(join(folder, name), 'utf8')).trim(),
			JSON.stringify({ db: { password: after }, greeting: 'new' }),
		);
	}
});

/** An address of this machine that serves these bytes, and counts how often it has. */
async function serving(t: ExecutionContext, content: Buffer) {
	let count = 0;
	const server = createServer((_request, response) => {
		count += 1;
		response.end(content);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return { url: `http://127.0.0.1:${port}`, asked: () => count };
}

test.serial(
	'an archive at an address is downloaded on the host, and used only when it is the right one',
	async (t) => {
		const chart = randomBytes(300_000);
		const hash = createHash('sha256').update(chart).digest('hex');
		const { url, asked } = await serving(t, chart);
		for (const [checksum, says] of [
			[hash, /ended with code 3/],
			['0'.repeat(64), /has the checksum [0-9a-f]{64}, and it has to be 0{64}: it was not used/],
		] as const) {
			const folder = await folderWithPrograms(t);
			const scratch = join(folder, 'scratch');
			await mkdir(scratch);
			const fromAddress = playbook
				.replace('chart: /srv/web', `chart: ${url}/web-1.0.0.tgz\n        checksum: sha256:${checksum}`)
				// Written so because DIR stands for the folder.
				.replace('  gather_facts: false', `  gather_facts: false\n  environment: {"TMPD\\x49R": ${scratch}}`);
			const { events } = await runPlaybook(
				t,
				{ playbook: fromAddress, hosts: 'a', secrets: { db_password: after } },
				folder,
			);
			t.regex(JSON.stringify(events), says);
			const found = await readFile(join(folder, 'charts'), 'utf8').catch(() => '');
			t.is(found, checksum === hash ? `${hash}  -\n` : '', 'helm sees nothing but the right one');
			t.deepEqual(await readdir(scratch), [], 'nothing is left');
		}

		t.is(asked(), 2);
	},
);
