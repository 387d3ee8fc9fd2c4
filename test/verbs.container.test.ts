import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { type PlayedRun, play } from './fixtures/containers/command-line.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';

// The verbs on a real host, over SSH and as root by sudo: check changes nothing, then what they do is seen.

const run = async (lab: TestLab, tasks: string, ...words: string[]): Promise<PlayedRun> => {
	// Not in the inventory's folder, where every file is part of the inventory.
	const file = join(lab.folder, '../verbs.yml');
	await writeFile(
		file,
		`- hosts: all\n  become: true\n  tasks:\n${tasks.trim().replaceAll(/^/gm, '    ')}\n`,
	);
	return play(file, lab.folder, words);
};

/** `task: status message`, for the tasks of the playbook. */
const said = ({ events }: PlayedRun): readonly string[] =>
	events.flatMap((event) =>
		event.kind === 'host-end' && event.task.module !== 'facts'
			? [
					`${event.task.name}: ${event.result.status}${event.result.message ? ` ${event.result.message}` : ''}`,
				]
			: [],
	);

let lab: TestLab;
test.before(async () => {
	lab = await startLab(undefined, [{ name: 'one', groups: [] }]);
	await writeFile(
		join(lab.folder, '../report.sh'),
		'#!/bin/bash\necho "$BASH_VERSION" | cut -c1; echo "$1-$2"; pwd\n',
	);
});

test.serial('command, shell, script and raw', async (t) => {
	const tasks = `
- {name: odd words, command: {argv: [printf, "%s|", "a b", "$HOME", "*", "it's"]}, register: r}
- {name: told, debug: {msg: "{{r.stdout}}"}}
- {name: stdin, command: {cmd: sha256sum, stdin: "hello\\n", chdir: /etc}, register: r}
- {name: told, debug: {msg: "{{r.stdout}}"}}
- {name: pipes, shell: {cmd: "set -o pipefail; echo one two | wc -w; echo $0; id -un", executable: /bin/bash, chdir: /tmp}, register: r}
- {name: told, debug: {msg: "{{r.stdout_lines.0}} {{r.stdout_lines.2}}"}}
- {name: from here, script: {cmd: "report.sh one 'two three'", chdir: /var/lib}, register: r}
- {name: told, debug: {msg: "{{r.stdout_lines.0}} {{r.stdout_lines.1}} {{r.stdout_lines.2}}"}}
- {name: as it is, raw: "test -d /etc && echo yes > /tmp/raw"}
- {name: guarded, command: touch /tmp/raw, creates: /tmp/raw}
- {name: rc, command: sh -c 'exit 3', register: r, failed_when: r.rc != 3}
`;
	const check = await run(lab, tasks, '--check');
	t.is(check.code, 0, check.stdout);
	t.is((await lab.run('one', 'test -e /tmp/raw')).code, 1, 'a check runs no verb');

	const { code, stdout, ...played } = await run(lab, tasks);
	t.is(code, 0, stdout);
	t.deepEqual(said({ code, stdout, ...played }), [
		'odd words: changed',
		"told: ok a b|$HOME|*|it's|",
		'stdin: changed',
		'told: ok 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  -',
		'pipes: changed',
		'told: ok 2 root',
		'from here: changed',
		'told: ok 5 one-two three /var/lib',
		'as it is: changed',
		'guarded: skipped /tmp/raw exists',
		'rc: changed',
	]);
});

test.serial('stat, slurp, fetch and ping look, also in a check', async (t) => {
	await lab.output('one', "printf 'a\\000b' > /srv/bytes; chmod 640 /srv/bytes; ln -sf bytes /srv/link");
	const tasks = `
- {name: ping, ping: {}}
- {name: look, stat: {path: /srv/bytes}, register: r}
- {name: told, debug: {msg: "{{r.stat.exists}} {{r.stat.mode}} {{r.stat.size}} {{r.stat.isreg}}"}}
- {name: none, stat: {path: /srv/none}, register: r}
- {name: told, debug: {msg: "{{r.stat.exists}}"}}
- {name: link, stat: {path: /srv/link}, register: r}
- {name: told, debug: {msg: "{{r.stat.islnk}}"}}
- {name: read, slurp: {src: /srv/bytes}, register: r}
- {name: told, debug: {msg: "{{r.content}}"}}
`;
	for (const words of [['--check'], []]) {
		const played = await run(lab, tasks, ...words);
		t.is(played.code, 0, played.stdout);
		t.deepEqual(
			said(played).filter((line) => line.startsWith('told')),
			['told: ok true 0640 3 true', 'told: ok false', 'told: ok true', 'told: ok YQBi'],
		);
	}

	const fetching = `- {name: get, fetch: {src: /srv/bytes, dest: ${lab.folder}/../got/}}`;
	const [first, second] = [await run(lab, fetching), await run(lab, fetching)];
	t.is(first.code, 0, first.stdout);
	t.deepEqual(
		[said(first), said(second)].flat().map((line) => line.split(' ')[1]),
		['changed', 'ok'],
	);
	t.is(await readFile(join(lab.folder, '../got/one/srv/bytes'), 'latin1'), 'a\0b');

	const kept = join(lab.folder, '../kept');
	const keeping = `- {name: get, fetch: {src: /srv/bytes, dest: ${kept}/bytes, flat: true, backup: true}}`;
	for (const [content, told] of [
		['first', false],
		['second', true],
		['second', false],
		['third', true],
	] as const) {
		await lab.output('one', `printf ${content} > /srv/bytes`);
		const played = await run(lab, keeping);
		t.is(played.code, 0, played.stdout);
		t.is(/another file was at \S+bytes; it is kept as \S+bytes\.2\S+\.bak/.test(played.stdout), told);
	}

	const files = (await readdir(kept)).sort();
	t.deepEqual(
		await Promise.all(files.map((file) => readFile(join(kept, file), 'utf8'))),
		['third', 'first', 'second'],
		'what was there is kept',
	);
});

test.serial('wait_for sees ports, files and texts, and a check does not wait', async (t) => {
	const tasks = `
- {name: open, wait_for: {port: 22, search_regex: SSH-2, timeout: 5}}
- {name: closed, wait_for: {port: 9, state: stopped, timeout: 5}}
- {name: later, shell: "(sleep 1; echo ready > /tmp/later) >/dev/null 2>&1 &"}
- {name: file, wait_for: {path: /tmp/later, search_regex: "^rea", timeout: 10}}
- {name: never, wait_for: {port: 9, timeout: 1, msg: "nobody came"}, ignore_errors: true}
`;
	const check = await run(lab, tasks, '--check');
	t.deepEqual(
		said(check).filter((line) => !line.startsWith('later')),
		[
			'open: skipped would wait',
			'closed: skipped would wait',
			'file: skipped would wait',
			'never: skipped would wait',
		],
	);
	const played = await run(lab, tasks);
	t.deepEqual(said(played), [
		'open: ok',
		'closed: ok',
		'later: changed',
		'file: ok',
		'never: failed nobody came',
	]);
});

test.serial('uri asks a server and judges the answer', async (t) => {
	const seen: string[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => {
			body += chunk.toString();
		});
		request.on('end', () => {
			seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'} ${body}`);
			response.writeHead(request.url === '/none' ? 404 : 200, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ path: request.url }));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const gateway = (await lab.output('one', "ip route | awk '/^default/ {print $3}'")).trim();
	const base = `http://${gateway}:${port}`;
	const played = await run(
		lab,
		`
- {name: curl, apt: {name: curl}}
- {name: get, uri: {url: "${base}/a"}, register: r}
- {name: told, debug: {msg: "{{r.status}} {{r.json.path}}"}}
- {name: put, uri: {url: "${base}/b", method: PUT, headers: {authorization: "Bearer x"}, body: {a: [1, "two"]}, body_format: json}}
- {name: wrong, uri: {url: "${base}/none"}, ignore_errors: true}
- {name: nobody, uri: {url: "http://127.0.0.1:9/"}, ignore_errors: true}
`,
	);
	t.is(played.code, 0, played.stdout);
	t.deepEqual(said(played).slice(1), [
		'get: ok 200',
		'told: ok 200 /a',
		'put: changed 200',
		`wrong: failed GET ${base}/none was answered with 404, not 200`,
		said(played).at(-1),
	]);
	t.regex(said(played).at(-1) ?? '', /nobody: failed GET .* got no answer: \(7\)/);
	t.deepEqual(seen, ['GET /a - ', 'PUT /b Bearer x {"a":[1,"two"]}', 'GET /none - ']);
});

test.serial('reboot comes back with the same host', async (t) => {
	const host = lab.hosts[0];
	if (host === undefined) {
		t.fail('the lab has no host');
		return;
	}

	// A container that goes down stays down; the machine below it is what turns it on again.
	const turnOn = async (): Promise<void> => {
		const { State: state } = await host.container.inspect();
		if (!state.Running) {
			await host.container.start();
		}
	};
	// Two looks may meet: the second finds it started already.
	const watch = setInterval(() => void turnOn().catch(() => undefined), 500);
	t.teardown(() => clearInterval(watch));
	const played = await run(
		lab,
		`
- {name: before, shell: cut -d' ' -f22 /proc/1/stat, register: before, changed_when: false}
- {name: again, reboot: {reboot_timeout: 90}}
- {name: after, shell: cut -d' ' -f22 /proc/1/stat, register: after, changed_when: false}
- {name: another, assert: {that: before.stdout != after.stdout}}
- {name: writes, command: touch /tmp/after-reboot}
`,
	);
	t.is(played.code, 0, played.stdout + played.stderr);
	t.deepEqual(said(played), ['before: ok', 'again: changed', 'after: ok', 'another: ok', 'writes: changed']);
});
