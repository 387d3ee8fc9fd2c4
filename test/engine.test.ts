import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type Given, runPlaybook } from './engine/run-playbook.ts';

// Tables of what playbooks do, run on this machine over the local connection.

type Row = Given & {
	readonly title: string;
	readonly lines: readonly string[];
	/** Each must be among the messages. */
	readonly says?: readonly RegExp[];
	/** Among the warnings. */
	readonly warns?: RegExp;
	readonly exitCode?: number;
	/** Files of the folder afterwards, by name; undefined: must not exist. */
	readonly leaves?: Readonly<Record<string, string | undefined>>;
};

const play = (tasks: string, keys = ''): string =>
	`- hosts: all\n  gather_facts: false\n${keys
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => `  ${line}\n`)
		.join('')}  tasks:\n${tasks.replaceAll(/^/gm, '    ')}\n`;

/** Two hosts, and one at whose address nobody listens. */
const oneIsLost =
	'all: {hosts: {a: , b: , lost: {ansible_host: 127.0.0.1, ansible_port: 1, ansible_connection: ssh}}}';

const rows: readonly Row[] = [
	{
		title: 'when is judged per host, and a list means and',
		playbook: play(`
- {name: one, debug: {msg: x}, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: x}, when: ["true", "inventory_hostname != 'a'"]}`),
		lines: ['one: a=ok b=skipped', 'two: a=skipped b=ok'],
	},
	{
		title: 'a loop does every item, and its result holds them',
		hosts: 'a',
		playbook: play(`
- {name: loop, command: "test {{item}} != 2", loop: [1, 2, 3], register: made, ignore_errors: true}
- {name: each, debug: {msg: "{{made.results.2.rc}} {{made.results.1.rc}}"}}`),
		lines: ['loop: a=failed (ignored)', 'each: a=ok'],
		says: [/loop a: 1 of 3 items failed/, /each a: 0 1/],
	},
	{
		title: 'a check does not wait: it says what is missing now, where that can be told',
		hosts: 'a',
		options: { check: true },
		playbook: play(`
- {name: lacks, kubernetes_wait: {kind: Pod, for: create, kubectl: /bin/true}}
- {name: holds, kubernetes_wait: {kind: Pod, for: delete, kubectl: /bin/true}}
- {name: cannot be asked, kubernetes_wait: {kind: Pod, for: create, kubectl: /no/such/kubectl}}
- {name: does not tell, wait_for: {port: 1}}`),
		lines: ['lacks: a=ok', 'holds: a=ok', 'cannot be asked: a=ok', 'does not tell: a=skipped'],
		says: [
			/lacks a: would wait: nothing is there/,
			/holds a: would not wait/,
			/cannot be asked a: would wait: the cluster could not be asked/,
			/does not tell a: would wait$/m,
		],
	},
	{
		title: 'a template that the run itself has changed is read again',
		hosts: 'a',
		files: { 'page.tpl': 'old\n' },
		playbook: play(`
- {name: first, template: {src: DIR/page.tpl, dest: DIR/page}}
- {name: change, copy: {content: "new for {{=<% %>=}}{{inventory_hostname}}\\n", dest: DIR/page.tpl}}
- {name: again, template: {src: DIR/page.tpl, dest: DIR/page}}`),
		lines: ['first: a=changed', 'change: a=changed', 'again: a=changed'],
		leaves: { page: 'new for a\n' },
	},
	{
		title: 'an empty loop is skipped; loop_control names the item',
		hosts: 'a',
		playbook: play(`
- {name: none, debug: {msg: x}, loop: []}
- {name: named, debug: {msg: "{{n}}:{{i}}"}, loop: [7], loop_control: {loop_var: n, index_var: i}}`),
		lines: ['none: a=skipped', 'named: a=ok'],
	},
	{
		title: 'what failed comes before what a condition cannot find in its result',
		hosts: 'a',
		playbook: play(`
- {name: until, slurp: {src: /nowhere}, register: r, until: r.content == '', retries: 1, delay: 0, ignore_errors: true}
- {name: failed_when, command: {cmd: id, chdir: /nowhere}, register: r, failed_when: "'x' in r.stdouts", ignore_errors: true}
- {name: changed_when, command: id, become: true, become_user: nosuchuser, register: r, changed_when: r.rc == 0, ignore_errors: true}
- {name: cleared, command: id, become: true, become_user: nosuchuser, register: r, changed_when: r.rc == 0, failed_when: false}
- {name: its own mistake, command: id, register: r, changed_when: r.rcc == 0}`),
		lines: [
			'until: a=failed (ignored)',
			'failed_when: a=failed (ignored)',
			'changed_when: a=failed (ignored)',
			'cleared: a=ok',
			'its own mistake: a=failed',
		],
		says: [
			/until a: .*\/nowhere/,
			/failed_when a: ended with code 2/,
			/changed_when a: cannot become nosuchuser/,
			/its own mistake a: .*"r.rcc" is not defined/,
		],
		exitCode: 2,
	},
	{
		title: 'what is done once and fails stops all, and says so',
		playbook: play(`
- {name: once, command: "false", run_once: true}
- {name: after, debug: {msg: x}}`),
		lines: ['once: a=failed'],
		warns: /"once" is done once for all hosts, and failed on a: the others stop here too \(b\)/,
		exitCode: 2,
	},
	{
		title: 'a folder is copied with all that is in it, here and on the host',
		hosts: 'a',
		playbook: play(`
- {name: make, shell: "mkdir -p files/d/empty files/e && echo a >files/d/a && ln -s nowhere files/d/gone && ln -s ../e files/d/e && echo b >files/e/b", args: {chdir: DIR}}
- {name: copy, copy: {src: d, dest: DIR/one/}}
- {name: again, copy: {src: d, dest: DIR/one/}}
- {name: on the host, copy: {src: DIR/files/d, dest: DIR/two/, remote_src: true}}
- {name: on the host again, copy: {src: DIR/files/d, dest: DIR/two/, remote_src: true}}
- name: look
  shell: find one two | sort | while read -r path; do [ -L "$path" ] && echo "$path -> $(readlink "$path")" || echo "$path"; done
  args: {chdir: DIR}
  register: found
- {name: told, debug: {msg: "{{#found.stdout_lines}}{{.}}, {{/found.stdout_lines}}"}}
- {name: bad, shell: "printf x >files/d/$(printf 'lat\\\\351in')", args: {chdir: DIR}}
- {name: not a text, copy: {src: d, dest: DIR/one/}, ignore_errors: true}
- {name: circle, shell: "rm files/d/lat*; ln -s ../d files/d/again", args: {chdir: DIR}}
- {name: no end, copy: {src: d, dest: DIR/one/}, ignore_errors: true}`),
		lines: [
			'make: a=changed',
			'copy: a=changed',
			'again: a=ok',
			'on the host: a=changed',
			'on the host again: a=ok',
			'look: a=changed',
			'told: a=ok',
			'bad: a=changed',
			'not a text: a=failed (ignored)',
			'circle: a=changed',
			'no end: a=failed (ignored)',
		],
		says: [
			/told a: one, one\/d, one\/d\/a, one\/d\/e, one\/d\/e\/b, one\/d\/empty, one\/d\/gone -> nowhere, two, two\/d, two\/d\/a, two\/d\/e -> \.\.\/e, two\/d\/empty, two\/d\/gone -> nowhere/,
			/not a text a: the name of a file in .*files\/d is not UTF-8: lat\\xe9in/,
			/no end a: .*files\/d\/again is a link to a folder that it lies in/,
		],
	},
	{
		title: 'a failed host leaves the play, the others go on',
		playbook: play(`
- {name: breaks, command: "false", when: inventory_hostname == 'a'}
- {name: after, debug: {msg: x}}`),
		lines: ['breaks: a=failed b=skipped', 'after: b=ok'],
		exitCode: 2,
	},
	{
		title: 'rescue makes a host well again, always runs',
		hosts: 'a',
		playbook: play(`
- block:
    - {name: breaks, fail: {msg: broken}}
    - {name: never, debug: {msg: x}}
  rescue:
    - {name: rescued, debug: {msg: "{{failed_task.name}} {{failed_result.msg}}"}}
  always:
    - {name: always, debug: {msg: x}}
- {name: after, debug: {msg: x}}`),
		lines: ['breaks: a=failed', 'rescued: a=ok', 'always: a=ok', 'after: a=ok'],
		says: [/rescued a: breaks broken/],
		exitCode: 0,
	},
	{
		title: 'always runs for a host that nothing rescues, and it stays failed',
		hosts: 'a',
		playbook: play(`
- block:
    - {name: breaks, fail: {msg: broken}}
  always:
    - {name: always, debug: {msg: x}}
- {name: after, debug: {msg: x}}`),
		lines: ['breaks: a=failed', 'always: a=ok'],
		exitCode: 2,
	},
	{
		title: 'handlers run once, in the order of their definition, after the tasks',
		hosts: 'a',
		playbook: play(
			`
- {name: one, command: "true", notify: second}
- {name: two, command: "true", notify: [first, second]}
- {name: three, command: "true", changed_when: false, notify: third}`,
			`
handlers:
  - {name: first, debug: {msg: x}}
  - {name: second, debug: {msg: x}}
  - {name: third, debug: {msg: x}}`,
		),
		lines: ['one: a=changed', 'two: a=changed', 'three: a=ok', 'handler first: a=ok', 'handler second: a=ok'],
	},
	{
		title: 'handlers listen to topics, and flush_handlers runs them at once',
		hosts: 'a',
		playbook: play(
			`
- {name: one, command: "true", notify: topic}
- meta: flush_handlers
- {name: two, debug: {msg: x}}`,
			`
handlers:
  - {name: first, listen: topic, debug: {msg: x}}
  - {name: second, listen: topic, debug: {msg: x}}`,
		),
		lines: ['one: a=changed', 'meta: a=ok', 'handler first: a=ok', 'handler second: a=ok', 'two: a=ok'],
	},
	{
		title: 'serial goes in batches and stops when a whole batch has failed',
		hosts: 'a,b,c',
		playbook: play(`- {name: one, command: "false"}`, 'serial: 1'),
		lines: ['one: a=failed'],
		warns:
			/the play stops: every host of batch 1 of 3 failed, and those behind it \(b, c\) are left as they are/,
		exitCode: 2,
	},
	{
		title: 'any_errors_fatal ends the play for all',
		playbook: play(
			`
- {name: breaks, command: "false", when: inventory_hostname == 'a'}
- {name: after, debug: {msg: x}}`,
			'any_errors_fatal: true',
		),
		lines: ['breaks: a=failed b=skipped'],
		exitCode: 2,
	},
	{
		title: 'any_errors_fatal ends the play before its first task when a host cannot be reached',
		inventory: oneIsLost,
		playbook: `- {hosts: all, any_errors_fatal: true, tasks: [{name: one, debug: {msg: x}}]}
- {hosts: all, gather_facts: false, tasks: [{name: later, debug: {msg: x}}]}`,
		lines: [],
		warns: /lost cannot be reached, and any_errors_fatal .*: --ignore-unreachable, or --limit 'all:!lost'/,
		exitCode: 4,
	},
	{
		title: 'any_errors_fatal ends the play for all when a host is lost',
		inventory: oneIsLost,
		playbook: play(
			`
- {name: one, command: "true"}
- {name: two, debug: {msg: x}}`,
			'any_errors_fatal: true',
		),
		lines: ['one: a=changed b=changed lost=unreachable'],
		warns: /the play stops: lost cannot be reached/,
		exitCode: 4,
	},
	{
		title: 'with ignoreUnreachable a lost host ends the play for nobody else',
		inventory: oneIsLost,
		options: { ignoreUnreachable: true },
		playbook: play(
			`
- {name: one, command: "true"}
- {name: two, debug: {msg: !cel "join(run_hosts, ' and ')"}}`,
			'any_errors_fatal: true\nserial: 1\norder: reverse_sorted\nmax_fail_percentage: 0',
		),
		lines: ['one: lost=unreachable', 'one: b=changed', 'two: b=ok', 'one: a=changed', 'two: a=ok'],
		says: [/two a: a and b/],
		exitCode: 4,
	},
	{
		title: 'with ignoreUnreachable a failure ends it all the same',
		inventory: oneIsLost,
		options: { ignoreUnreachable: true },
		playbook: play(
			`
- {name: one, command: "true"}
- {name: breaks, command: "false", when: inventory_hostname == 'a'}
- {name: after, debug: {msg: x}}`,
			'any_errors_fatal: true',
		),
		lines: ['one: a=changed b=changed lost=unreachable', 'breaks: a=failed b=skipped'],
		warns: /the play stops: a failed, and any_errors_fatal says that the play ends then$/m,
		exitCode: 6,
	},
	{
		title: 'run_hosts are those within the limit',
		hosts: 'a,b,c',
		selection: { limit: 'a,b' },
		playbook: play(`- {name: one, debug: {msg: !cel "join(run_hosts, ' and ')"}}`),
		lines: ['one: a=ok b=ok'],
		says: [/one a: a and b$/m],
	},
	{
		title: 'max_fail_percentage is the most that may fail',
		hosts: 'a,b,c,d',
		playbook: play(
			`
- {name: one, command: "false", when: inventory_hostname == 'a'}
- {name: two, command: "false", when: inventory_hostname == 'b'}
- {name: three, debug: {msg: x}}`,
			'max_fail_percentage: 30',
		),
		lines: ['one: a=failed b=skipped c=skipped d=skipped', 'two: b=failed c=skipped d=skipped'],
		exitCode: 2,
	},
	{
		title: 'run_once tells every host the result, once for all batches',
		playbook: play(
			`
- {name: one, command: "echo {{inventory_hostname}}", run_once: true, register: made}
- {name: two, debug: {msg: "{{made.stdout}}"}}`,
			'serial: 1',
		),
		lines: ['one: a=changed', 'two: a=ok', 'two: b=ok'],
		says: [/two a: a/, /two b: a/],
	},
	{
		title: 'delegate_to acts elsewhere with the variables of the host',
		playbook: play(`- {name: one, command: "echo {{inventory_hostname}}", delegate_to: b, register: made}
- {name: two, debug: {msg: "{{made.stdout}}"}}`),
		lines: ['one: a=changed b=changed', 'two: a=ok b=ok'],
		says: [/two a: a/, /two b: b/],
	},
	{
		title: 'delegate_facts gives the fact to the host that it is delegated to',
		playbook: play(`
- {name: one, set_fact: {known: "{{inventory_hostname}}"}, delegate_to: b, delegate_facts: true, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: "{{hostvars.b.known}}"}, when: "!has(vars.known)"}`),
		lines: ['one: a=ok b=skipped', 'two: a=ok b=skipped'],
		says: [/two a: a/],
	},
	{
		title: 'until tries again, and says how often',
		hosts: 'a',
		playbook: play(`
- name: grows
  shell: echo x >> DIR/tries; wc -l < DIR/tries
  register: made
  until: int(made.stdout) >= 3
  retries: 5
  delay: 0
- {name: told, debug: {msg: "{{made.attempts}}"}}
- {name: never, command: "true", until: "false", retries: 1, delay: 0}`),
		lines: ['grows: a=changed', 'told: a=ok', 'never: a=failed'],
		says: [/told a: 3/, /never a: not what `until` waits for after 2 tries/],
		exitCode: 2,
	},
	{
		title: 'failed_when and changed_when have the last word',
		hosts: 'a',
		playbook: play(`
- {name: one, command: "false", failed_when: false}
- {name: two, command: echo bad, register: made, failed_when: "made.stdout == 'bad'", ignore_errors: true}
- {name: three, command: echo same, register: made, changed_when: "made.stdout != 'same'"}`),
		lines: ['one: a=changed', 'two: a=failed (ignored)', 'three: a=ok'],
	},
	{
		title: 'guards of verbs',
		hosts: 'a',
		playbook: play(`
- {name: one, command: touch DIR/made, creates: DIR/made}
- {name: two, command: touch DIR/made, creates: DIR/ma*}
- {name: three, command: rm DIR/made, removes: DIR/made}
- {name: four, command: "true", unless: "true"}
- {name: five, command: "true", only_if: "false"}`),
		lines: ['one: a=changed', 'two: a=skipped', 'three: a=changed', 'four: a=skipped', 'five: a=skipped'],
	},
	{
		title: 'facts, hostvars and groups',
		inventory: 'all:\n  hosts:\n    a: {port: 1}\n    b: {port: 2}\n  vars: {ansible_connection: local}\n',
		playbook: `- hosts: all\n  tasks:\n    - {name: one, debug: {msg: "{{hostvars.b.port}} {{groups.all.0}} {{hostvars.a.facts.os.family}}"}}\n`,
		lines: ['one: a=ok b=ok'],
		says: [/one a: 2 a debian/],
	},
	{
		title: 'set_fact, include_vars and registered results stay for later plays',
		hosts: 'a',
		files: { 'more.yml': 'c: "{{b}}!"\n' },
		playbook: `${play(`
- {name: one, set_fact: {b: 5}}
- {name: two, include_vars: more.yml}`)}${play(`- {name: three, debug: {msg: "{{b}} {{c}}"}}`)}`,
		lines: ['one: a=ok', 'two: a=ok', 'three: a=ok'],
		says: [/three a: 5 5!/],
	},
	{
		title: 'a loop of include_tasks gives hosts their turns, in its order',
		playbook: play(
			`- {include_tasks: turn.yml, loop: [1, 2], when: "item == (inventory_hostname == 'a' ? 2 : 1)"}`,
		),
		files: { 'turn.yml': '- {name: "turn {{item}}", debug: {msg: x}}\n' },
		lines: ['turn 1: b=ok', 'turn 2: a=ok'],
	},
	{
		title: 'include_tasks loops, with names that only the host knows',
		files: {
			'for-a.yml': '- {name: "in a {{item}}", debug: {msg: x}}\n',
			'for-b.yml': '- {name: in b, debug: {msg: x}}\n',
		},
		playbook: play(`- {include_tasks: "for-{{inventory_hostname}}.yml", loop: [1, 2]}`),
		lines: ['in a 1: a=ok', 'in b: b=ok', 'in a 2: a=ok', 'in b: b=ok'],
	},
	{
		title: 'the condition of an include is asked once, before its tasks change the answer',
		hosts: 'a',
		files: {
			'more.yml':
				'- {name: one, set_fact: {x: 1}}\n- {name: two, debug: {msg: x}}\n- block: [{name: three, debug: {msg: x}}]\n  when: x == 1\n',
		},
		playbook: play(
			`- {include_tasks: more.yml, when: "!has(vars.x)"}\n- {include_tasks: more.yml, when: "!has(vars.x)"}`,
		),
		lines: ['one: a=ok', 'two: a=ok', 'three: a=ok', 'include_tasks more.yml: a=skipped'],
	},
	{
		title: 'an include that is passed by is told as a task is',
		files: { 'more.yml': '- {name: one, debug: {msg: x}}\n' },
		playbook: play(`
- {include_tasks: more.yml, when: inventory_hostname == 'a'}
- {name: none, include_tasks: more.yml, loop: []}
- {name: nobody, include_tasks: more.yml, loop: [1, 2], when: item == 3}`),
		lines: [
			'include_tasks more.yml: b=skipped',
			'one: a=ok',
			'none: a=skipped b=skipped',
			'nobody: a=skipped b=skipped',
		],
		says: [
			/more\.yml b: when: inventory_hostname == 'a'/,
			/none a: the loop has no items/,
			/nobody a: when: item == 3/,
		],
	},
	{
		title: 'a loop over what was skipped is skipped, where its condition does not ask for the item',
		hosts: 'a',
		files: { 'more.yml': '- {name: one, debug: {msg: x}}\n' },
		playbook: play(`
- {name: ask, command: echo a b, register: asked, when: false}
- {name: task, debug: {msg: x}, loop: !cel split(asked.stdout), when: asked.changed}
- {name: includes, include_tasks: more.yml, loop: !cel split(asked.stdout), when: asked.changed}
- {name: wants, debug: {msg: x}, loop: !cel split(asked.stdout), when: item != 'c', ignore_errors: true}
- {name: needs, debug: {msg: x}, loop: !cel split(asked.stdout), when: asked.failed == false, ignore_errors: true}`),
		lines: [
			'ask: a=skipped',
			'task: a=skipped',
			'includes: a=skipped',
			'wants: a=failed (ignored)',
			'needs: a=failed (ignored)',
		],
		says: [
			/task a: when: asked\.changed/,
			/includes a: when: asked\.changed/,
			/"asked\.stdout" is not defined/,
		],
	},
	{
		title: 'the condition of a block around an include is asked for each task, as without the include',
		hosts: 'a',
		files: { 'more.yml': '- {name: one, set_fact: {x: 1}}\n- {name: two, debug: {msg: x}}\n' },
		playbook: play(
			`- {block: [{include_tasks: more.yml}, {name: three, debug: {msg: x}}], when: "!has(vars.x)"}`,
		),
		lines: ['one: a=ok', 'two: a=skipped', 'three: a=skipped'],
	},
	{
		title: 'add_host and group_by change who the next play is for',
		playbook: `${play(`
- {name: one, add_host: {name: c, groups: new, ansible_connection: local}, run_once: true}
- {name: two, group_by: {key: "is_{{inventory_hostname}}"}}`)}- hosts: new:is_b\n  gather_facts: false\n  tasks:\n    - {name: three, debug: {msg: x}}\n`,
		lines: ['one: a=ok', 'two: a=ok b=ok', 'three: c=ok b=ok'],
	},
	{
		title: 'end_host and end_play',
		playbook: `${play(`
- {meta: end_host, when: inventory_hostname == 'a'}
- {name: one, debug: {msg: x}}
- meta: end_play
- {name: never, debug: {msg: x}}`)}${play('- {name: next, debug: {msg: x}}')}`,
		lines: ['meta: a=ok b=skipped', 'one: b=ok', 'meta: b=ok', 'next: a=ok b=ok'],
	},
	{
		title: 'an unknown name fails the task and says so',
		hosts: 'a',
		playbook: play(`- {name: one, debug: {msg: "{{vars.there}}"}}`, 'vars: {their: 1}'),
		lines: ['one: a=failed'],
		exitCode: 2,
	},
	{
		title: 'a check changes nothing, and knows what it does not know',
		hosts: 'a',
		options: { check: true },
		playbook: play(
			`
- {name: file, copy: {content: hello, dest: DIR/made}, notify: handle}
- {name: verb, command: touch DIR/verb, register: made}
- {name: after, debug: {msg: "{{made.stdout}}"}}
- {name: known, debug: {msg: x}, when: "false && made.changed"}
- {name: chained, lineinfile: {path: DIR/made, line: world}}
- {name: says so, command: date, changed_when: false}`,
			'handlers: [{name: handle, command: touch DIR/handled}]',
		),
		lines: [
			'file: a=changed',
			'verb: a=would-run',
			'after: a=might',
			'known: a=skipped',
			'chained: a=changed',
			'says so: a=skipped',
			'handler handle: a=would-run',
		],
		leaves: { made: undefined, verb: undefined, handled: undefined },
	},
	{
		title: 'what a check announces is what a run does',
		hosts: 'a',
		playbook: play(`
- {name: file, copy: {content: "hello\\n", dest: DIR/made, mode: "0640"}}
- {name: chained, lineinfile: {path: DIR/made, line: world}}
- {name: again, copy: {content: "hello\\nworld\\n", dest: DIR/made}}`),
		lines: ['file: a=changed', 'chained: a=changed', 'again: a=ok'],
		leaves: { made: 'hello\nworld\n' },
	},
	...[true, false].map((check) => ({
		title: `what two tasks ask for is ${check ? 'announced' : 'made'} once`,
		hosts: 'a',
		options: { check },
		playbook: play(`
- {name: one, file: {path: DIR/made, state: directory, mode: "0750"}}
- {name: two, file: {path: DIR/made, state: directory, mode: "0750"}}
- {name: three, file: {path: DIR/made, state: directory, mode: "0700"}}`),
		lines: ['one: a=changed', 'two: a=ok', 'three: a=changed'],
	})),
	{
		title: 'a task that checks in a real run, and one that looks in a check',
		hosts: 'a',
		playbook: play(`- {name: one, copy: {content: x, dest: DIR/one}, check_mode: true}`),
		lines: ['one: a=changed'],
		leaves: { one: undefined },
	},
	{
		title: 'a timeout ends the task',
		hosts: 'a',
		playbook: play(`- {name: one, command: sleep 30, timeout: 1}`),
		lines: ['one: a=failed'],
		exitCode: 2,
	},
	{
		title: 'strategy free lets hosts go ahead of each other',
		playbook: play(
			`
- {name: one, command: sleep 0.5, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: x}}`,
			'strategy: free',
		),
		lines: ['one: b=skipped', 'two: b=ok', 'one: a=changed', 'two: a=ok'],
	},
	{
		title: 'strategy by_group lets groups go ahead of each other, not hosts of one',
		inventory:
			'all: {vars: {ansible_connection: local}, children: {web: {hosts: {a: , b: }}, db: {hosts: {c: , d: }}, both: {hosts: {c: }}}}',
		playbook: play(
			`
- {name: one, command: sleep 0.5, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: x}}`,
			'strategy: by_group',
		).replace('hosts: all', 'hosts: both:web:db:!d'),
		lines: ['one: c=skipped', 'two: c=ok', 'one: a=changed b=skipped', 'two: a=ok b=ok'],
	},
	{
		title: 'strategy by_group has groups wait for each other that have a host in common',
		inventory:
			'all: {vars: {ansible_connection: local}, children: {web: {hosts: {a: , b: }}, db: {hosts: {b: , c: }}}}',
		playbook: play(
			`
- {name: one, command: sleep 0.5, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: x}}`,
			'strategy: by_group',
		).replace('hosts: all', 'hosts: web:db'),
		lines: ['one: a=changed b=skipped c=skipped', 'two: a=ok b=ok c=ok'],
	},
	{
		title: 'strategy by_group has all hosts wait for each other where the play names no group',
		inventory:
			'all: {vars: {ansible_connection: local}, children: {web: {hosts: {a: , b: }}, db: {hosts: {c: }}}}',
		playbook: play(
			`
- {name: one, command: sleep 0.5, when: inventory_hostname == 'a'}
- {name: two, debug: {msg: x}}`,
			'strategy: by_group',
		).replace('hosts: all', 'hosts: "!db"'),
		lines: ['one: a=changed b=skipped', 'two: a=ok b=ok'],
	},
	{
		title: 'environment and become of nobody',
		hosts: 'a',
		playbook: play(
			`
- {name: one, shell: "echo $A $B", environment: {B: two}, register: made}
- {name: two, debug: {msg: "{{made.stdout}}"}}
- {name: three, command: id -un, become: true, become_user: nobody, register: made}
- {name: four, debug: {msg: "{{made.stdout}}"}}`,
			'environment: {A: one}',
		),
		lines: ['one: a=changed', 'two: a=ok', 'three: a=changed', 'four: a=ok'],
		says: [/two a: one two/, /four a: nobody/],
	},
	{
		title: 'what only root may do says how to become root',
		hosts: 'a',
		playbook: play(`
- {name: one, file: {path: /etc/g2pbook-no, state: directory}, become: true, become_user: nobody}`),
		lines: ['one: a=failed'],
		says: [/one a: .*ended with code 1: only root may do this: use become/],
		exitCode: 2,
	},
	{
		title: 'a step of many lines that fails is told by what it does',
		hosts: 'a',
		playbook: play(`- {name: one, get_url: {url: "http://127.0.0.1:1/", dest: DIR/x}}`),
		lines: ['one: a=failed'],
		// 7 is curl's own code; 1 is said of wget, and of a machine that has neither.
		says: [/one a: `download http:\/\/127\.0\.0\.1:1\/` ended with code [17]/],
		exitCode: 2,
	},
	{
		title: 'no_log hides what happened',
		hosts: 'a',
		playbook: play(`- {name: one, command: "cat /nothing/here", no_log: true}`),
		lines: ['one: a=failed'],
		says: [/one a: the reason is hidden by no_log/],
		exitCode: 2,
	},
];

for (const { title, lines, says = [], warns, exitCode, leaves = {}, ...given } of rows) {
	// One at a time: they all change this machine, and a host is locked for one run.
	test.serial(title, async (t) => {
		const ran = await runPlaybook(t, given);
		t.deepEqual(ran.lines, lines, ran.messages.join('\n'));
		for (const pattern of says) {
			t.regex(ran.messages.join('\n'), pattern);
		}

		if (warns !== undefined) {
			t.regex(ran.events.flatMap((event) => (event.kind === 'warning' ? event.text : [])).join('\n'), warns);
		}

		if (exitCode !== undefined) {
			t.is(ran.exitCode, exitCode);
		}

		for (const [name, text] of Object.entries(leaves)) {
			t.is(await readFile(join(ran.folder, name), 'utf8').catch(() => undefined), text, name);
		}
	});
}

for (const [title, before, exitCode] of [
	['has not changed anything', 'debug: {msg: looking}', 5],
	['has changed something', 'copy: {content: x, dest: DIR/conf}', 2],
] as const) {
	test.serial(`fail with refuse, where the run ${title}`, async (t) => {
		const ran = await runPlaybook(t, {
			playbook: `- {hosts: all, gather_facts: false, any_errors_fatal: true, tasks: [{${before}}, {fail: {msg: no, refuse: true}, run_once: true}]}
- {hosts: all, gather_facts: false, tasks: [{file: {path: DIR/begun, state: touch}}]}`,
		});
		t.is(ran.exitCode, exitCode);
		t.false(existsSync(join(ran.folder, 'begun')));
	});
}

test.serial('a handler whose run died is done by the next run', async (t) => {
	const playbook = play(
		`
- {name: change, copy: {content: x, dest: DIR/conf}, notify: restart pending}
- {name: breaks, command: test -e DIR/mended}`,
		'handlers: [{name: restart pending, shell: echo restarted >> DIR/log}]',
	);
	const first = await runPlaybook(t, { playbook, hosts: 'a' });
	t.deepEqual(first.lines, ['change: a=changed', 'breaks: a=failed']);
	t.deepEqual(first.recap[0]?.pendingHandlers, ['site.yml: restart pending']);

	await writeFile(join(first.folder, 'mended'), '');
	const second = await runPlaybook(t, { playbook, hosts: 'a' }, first.folder);
	t.deepEqual(second.lines, ['change: a=ok', 'breaks: a=changed', 'handler restart pending: a=changed']);
	t.is(await readFile(join(first.folder, 'log'), 'utf8'), 'restarted\n');

	const third = await runPlaybook(t, { playbook, hosts: 'a' }, first.folder);
	t.deepEqual(third.lines, ['change: a=ok', 'breaks: a=changed']);
	t.deepEqual(third.recap[0]?.pendingHandlers, []);
});

test.serial('what a play reads of a host at its beginning is called what it is', async (t) => {
	for (const [gathers, wanted] of [
		[true, ['Gather facts']],
		[false, ['Look for handlers that an earlier run has left']],
	] as const) {
		const { events } = await runPlaybook(t, {
			hosts: 'a',
			playbook: `- {hosts: all, gather_facts: ${gathers}, handlers: [{name: x, command: "true"}], tasks: [{command: "true", notify: x}]}`,
		});
		const names = events.flatMap((event) => (event.kind === 'task-start' ? [event.task] : []));
		t.deepEqual(
			names.filter(({ module }) => module === 'facts').map(({ name }) => name),
			wanted,
		);
	}
});

test.serial('two runs do not change the same host at the same time', async (t) => {
	const slow = runPlaybook(t, { hosts: 'a', playbook: play('- {name: slow, command: sleep 3}') });
	await new Promise((resolve) => setTimeout(resolve, 1500));
	const refused = await runPlaybook(t, {
		hosts: 'a',
		playbook: play('- {name: late, command: "true"}'),
		options: { lockWait: 0 },
	});
	t.deepEqual(refused.lines, ['late: a=failed']);
	t.regex(refused.messages.join('\n'), /another run is changing this host: .*run [0-9a-f]{8}/);
	t.is((await slow).exitCode, 0);
	const after = await runPlaybook(t, { hosts: 'a', playbook: play('- {name: now, command: "true"}') });
	t.deepEqual(after.lines, ['now: a=changed']);
});
