import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { start } from '../../../test/chaos/run.ts';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { kubectl, turnOff, turnOn } from '../../../test/fixtures/kube/host.ts';
import { changeByHand, login, on, secret } from './rancher.ts';

const setting = "Have the administrator's password be that of the store";
const byHand = 'changed by somebody';

/** Whatever somebody has done to the password, a run leaves that of the store, and Rancher lets in nobody else. */
export async function passwords(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const own = await secret(lab, 'rancher_password');
	t.is((await changeByHand(lab, own, byHand)).code, 200);
	t.is(await login(lab, own), 401);
	const check = await again('check of a password that was changed', {}, '--check');
	t.deepEqual(
		check.effects.map(({ task }) => task.name),
		[setting],
	);
	await watched(t, lab, again);
	t.is(await login(lab, own), 201);
	t.is(await login(lab, byHand), 401);

	// One that the store has lost, and a new one made: nobody knows the one of before.
	await g2pbook(['secret', 'rotate', 'rancher_password', '-i', lab.folder]);
	const rotated = await secret(lab, 'rancher_password');
	t.not(rotated, own);
	t.is((await again('a password that was rotated', {})).code, 0);
	t.is(await login(lab, rotated), 201);
	t.is(await login(lab, own), 401);

	await kubectl(lab, 'server1', 'delete users.management.cattle.io --all');
	const deleted = await again('an administrator who was deleted', {});
	t.is(deleted.code, 0, deleted.stdout);
	t.is(await login(lab, rotated), 201);
	t.is(
		await kubectl(lab, 'server1', 'get tokens.management.cattle.io -o name'),
		'',
		'each login of a run was ended',
	);
}

/** No process shows one, no report, no file of the host. */
async function watched(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const secrets = await Promise.all([
		secret(lab, 'rancher_password'),
		secret(lab, 'rancher_bootstrap_password'),
	]);
	await kubectl(lab, 'server1', '-n cattle-system delete secret bootstrap-secret');
	await lab.output(
		'server1',
		`systemd-run --quiet --unit watch-ps sh -c 'while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; sleep 0.02; done >/run/ps.log'`,
	);
	const run = await again('a password that was changed, while somebody looks', {}, '--diff', '-vvv');
	t.is(run.code, 0, run.stdout);
	t.deepEqual(
		run.effects.map(({ task }) => task.name),
		['Give it what it is first started with', setting],
	);
	await lab.output('server1', 'systemctl stop watch-ps');
	t.regex(
		await lab.output('server1', 'grep -ao "curl [^ ]*" /run/ps.log | head -n 1'),
		/curl/,
		'it was seen',
	);
	t.is((await lab.run('server1', `grep -aoE 'token-[a-z0-9]+:[a-z0-9]+' /run/ps.log`)).stdout, '');
	const told = [run.stdout, run.stderr, JSON.stringify(run.events)].join('\n');
	for (const text of [
		...secrets,
		...secrets.map((each) => Buffer.from(each).toString('base64').slice(0, 40)),
	]) {
		t.true(text.length >= 32);
		t.false(told.includes(text));
		const places = '/run/ps.log /etc /root /tmp /var/tmp /var/lib/g2pbook /srv /home';
		t.is((await lab.run('server1', `grep -rlaF '${text}' ${places} 2>/dev/null`)).stdout, '');
	}

	await lab.output('server1', 'rm /run/ps.log');
}

const mustChange = `[ "$(kubectl get users.management.cattle.io -o 'jsonpath={.items[0].mustChangePassword}')" = true ]`;
/** What Rancher keeps of the password: another one with each that is set. */
const kept = `kubectl -n cattle-local-user-passwords get secrets -o 'jsonpath={.items[0].data}' | sha256sum`;

/**
 * Moments at which a run is killed: what Rancher is slow with, and what says that the moment has come. For some seconds each of
 * them stays true, so that nobody has to look at the right instant.
 */
const moments: readonly (readonly [title: string, slow: string, until: string])[] = [
	['the old password is gone, and the new one not taken', 'before', mustChange],
	['the new password is taken, and not proven', 'after', `[ "$(${kept})" != "$before" ] && ! ${mustChange}`],
];

/** A run that is killed on the way loses no password: the next one gets in, and leaves that of the store. */
export async function kills(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	vars: Readonly<Record<string, unknown>>,
): Promise<void> {
	const playbook = `${lab.folder}-kill.yml`;
	await writeFile(playbook, JSON.stringify([{ hosts: 'all', become: true, vars, roles: ['rancher'] }]));
	const own = await secret(lab, 'rancher_password');
	for (const [title, slow, until] of moments) {
		await changeByHand(lab, own, byHand);
		const before = (await on(lab, kept)).trim();
		await turnOn(lab, 'server1', 'rancher-slow', slow);
		const running = start(playbook, lab.folder);
		await on(
			lab,
			`before='${before}'\nend=$(($(date +%s) + 120))
until ${until}; do sleep 0.1; [ $(date +%s) -lt $end ] || exit 1; done; sleep 1`,
		);
		running.process.kill('SIGKILL');
		await running.ended;
		await turnOff(lab, 'server1', 'rancher-slow');
		t.is(await login(lab, byHand), 401, `${title}: it was on the way`);
		// What Rancher has begun it ends, also when nobody waits for it any more.
		await sleep(10_000);
		const after = await again(`after a kill: ${title}`, {}, '--break-lock');
		t.is(after.code, 0, `${title}\n${after.stdout}`);
		t.is(await secret(lab, 'rancher_password'), own, title);
		t.is(await login(lab, own), 201, title);
		t.is(await login(lab, byHand), 401, title);
	}
}
