import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { answers, connect, type Laptop, within } from './laptops.ts';
import { working } from './traces.ts';

const kill = (lab: TestLab, name: string, signal = 'KILL') =>
	lab.output('rp1', `kill -${signal} $(systemctl show --property=MainPID --value wg-quick@${name})`);

const state = async (lab: TestLab, name = 'wg0') =>
	(await lab.run('rp1', `systemctl is-active wg-quick@${name}`)).stdout.trim();

const program = (lab: TestLab) => lab.output('rp1', 'systemctl show --property=MainPID --value wg-quick@wg0');

/** The program of each of these tunnels is killed: within half a minute, and without a run, all is as before. */
export async function killed(
	t: ExecutionContext,
	lab: TestLab,
	tunnels: readonly (readonly [name: string, laptop: Laptop])[],
): Promise<void> {
	const names = tunnels.map(([name]) => name);
	const before = await working(lab, ...names);
	await Promise.all(names.map((name) => kill(lab, name)));
	const back = await Promise.all(
		tunnels.map(([, laptop]) => within(30_000, () => answers(lab, laptop.name))),
	);
	t.deepEqual(
		back,
		tunnels.map(() => true),
		'who was connected is connected again',
	);
	t.is(await working(lab, ...names), before);
}

/** Killed, also after a restart of the host; ended in peace; not able to start; and where the kernel does the work. */
export async function crash(t: ExecutionContext, lab: TestLab, again: Again, ada: Laptop): Promise<void> {
	await killed(t, lab, [['wg0', ada]]);
	await lab.restart('rp1');
	await connect(lab, ada);
	await killed(t, lab, [['wg0', ada]]);
	for (const line of [
		'ip link delete wg0',
		'kill $(systemctl show --property=MainPID --value wg-quick@wg0)',
	]) {
		const before = await program(lab);
		await lab.output('rp1', line);
		const isBack = async () => (await program(lab)) !== before && (await state(lab)) === 'active';
		t.true(await within(30_000, isBack), line);
	}

	await lab.output('rp1', 'chmod -x /usr/bin/wireguard-go');
	await kill(lab, 'wg0');
	t.true(await within(60_000, async () => (await state(lab)) === 'failed'), 'it is not tried for ever');
	await lab.output('rp1', 'chmod +x /usr/bin/wireguard-go');
	const { code, stdout, effects } = await again('a run after systemd has given up', {});
	t.is(code, 0, stdout);
	t.deepEqual(
		effects.map(({ task }) => task.name),
		['Forget that the tunnel has failed', 'Start the tunnel'],
	);
	await connect(lab, ada);
	t.true(await answers(lab, ada.name));
	await byTheKernel(t, lab);
}

/** A program that is not below the unit, as the kernel's own work is not: the tunnel stays up all the same. */
async function byTheKernel(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(
		'rp1',
		`cd /etc/systemd/system; cp -r wg-quick@wg0.service.d wg-quick@kernel0.service.d
		printf '[Service]\\nEnvironment=WG_QUICK_USERSPACE_IMPLEMENTATION=/root/kernel\\n' >wg-quick@kernel0.service.d/test.conf
		printf '#!/bin/sh\\nsystemd-run --quiet --unit kernel wireguard-go --foreground $1\\nsleep 1\\n' >/root/kernel
		chmod +x /root/kernel
		printf '[Interface]\\nListenPort = 51999\\n' >/etc/wireguard/kernel0.conf
		systemctl daemon-reload; systemctl start wg-quick@kernel0`,
	);
	await sleep(3000);
	t.is(await state(lab, 'kernel0'), 'active');
	await lab.output('rp1', 'systemctl stop wg-quick@kernel0');
	t.not((await lab.run('rp1', 'ip link show kernel0')).code, 0);
	await lab.output(
		'rp1',
		'rm -r /etc/systemd/system/wg-quick@kernel0.service.d /etc/wireguard/kernel0.conf /root/kernel; systemctl daemon-reload',
	);
}
