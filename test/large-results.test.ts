import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import test from 'ava';
import { runPlaybook } from './engine/run-playbook.ts';

// What a task needs of a result is whole, or the task says that it is not.

test.serial('40 MB of JSON, used in a condition and copied to a file, are whole', async (t) => {
	t.timeout(120_000);
	const { exitCode, folder, lines } = await runPlaybook(t, {
		hosts: 'a',
		playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - name: Items
      shell: |
        awk 'BEGIN { printf "{\\"items\\": ["; for (i = 0; i < 420000; i++) printf "%s{\\"name\\": \\"pod-%07d\\", \\"image\\": \\"registry.openg2p.example/a-rather-long-name-of-an-image:17.0.0\\"}", i ? "," : "", i; print "]}" }' | tee DIR/here
      register: pods
      changed_when: false
    - name: Last
      assert: {that: "size(pods.stdout) > 40000000 && from_json(pods.stdout).items[419999].name == 'pod-0419999'"}
    - name: Copy
      copy: {content: "{{pods.stdout}}\\n", dest: DIR/there}
    - name: Again
      copy: {content: "{{pods.stdout}}\\n", dest: DIR/there}
`,
	});

	t.deepEqual(lines, ['Items: a=ok', 'Last: a=ok', 'Copy: a=changed', 'Again: a=ok']);
	t.is(exitCode, 0);
	const [here, there] = await Promise.all(['here', 'there'].map((name) => sha256(`${folder}/${name}`)));
	t.is(there, here);
});

test.serial('what is more than 64 MiB fails where something asks for it, and nowhere else', async (t) => {
	t.timeout(120_000);
	const { lines, messages } = await runPlaybook(t, {
		hosts: 'a',
		playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - {name: Nobody asks, shell: yes | head -c 70000000}
    - {name: Registered, shell: yes | head -c 70000000, register: all, ignore_errors: true}
    - {name: Judged, shell: yes | head -c 70000000, changed_when: "'x' in result.stdout", ignore_errors: true}
`,
	});
	t.deepEqual(lines, [
		'Nobody asks: a=changed',
		'Registered: a=failed (ignored)',
		'Judged: a=failed (ignored)',
	]);
	const why = messages.filter((message) => !message.startsWith('Nobody'));
	t.is(why.length, 2);
	for (const message of why) {
		t.regex(
			message,
			/"script for \/bin\/sh: yes \| head -c 70000000" ended with code 0, and its output cannot be kept as a result: it is more than the 64 MiB that are kept: let it write to a file on the host/,
		);
	}
});

async function sha256(file: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}
