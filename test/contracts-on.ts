import type { ExecutionContext, TestFn } from 'ava';
import type { StateModule } from '../src/module/contract.ts';
import { modules } from '../src/modules/index.ts';
import { type Bring, contractsOnGround, type GroundHost } from './contracts-on-ground.ts';
import { fingerprint } from './fixtures/containers/fingerprint.ts';
import { startHost } from './fixtures/containers/host.ts';
import { testImage } from './fixtures/containers/images.ts';
import { type HostKind, useProgramsOf } from './fixtures/containers/programs.ts';

/** What every noun owes on a host that has no cluster. */
export function contractsOn(test: TestFn, { image = testImage, programs = 'gnu' }: HostKind): void {
	const { host, bring } = contractsOnGround(test, {
		has: (family) => family !== 'kubernetes',
		async start() {
			const started = await startHost(undefined, { image });
			await useProgramsOf(started, programs);
			return started;
		},
		fingerprint,
	});
	test.serial('a unit that does not come up says why', async (t) => {
		await unitsSayWhy(t, host(), bring);
	});
	test.serial('the changed file of a service that waits for its timer is seen', async (t) => {
		await waitingUnitIsReadAnew(t, host(), bring);
	});
}

async function unitsSayWhy(t: ExecutionContext, host: GroundHost, bring: Bring): Promise<void> {
	const systemd = modules.find(({ name }) => name === 'systemd') as StateModule;
	const unit = (name: string, type: string, line: string) =>
		host.output(
			`printf '[Service]\nType=${type}\nExecStart=/bin/sh -c "${line}"\n' >/etc/systemd/system/${name}.service; systemctl daemon-reload`,
		);
	await unit('why-refused', 'oneshot', 'echo cannot bind to 80; exit 3');
	await unit('why-short', 'simple', 'echo bad configuration; exit 4');
	for (const [name, state, says] of [
		[
			'why-refused',
			'started',
			/systemctl start why-refused` ended with code 1\nwhy-refused is failed \(failed\), result: exit-code, exit code 3\nits journal ends with:[\s\S]*cannot bind to 80/,
		],
		[
			'why-refused',
			'restarted',
			/systemctl restart why-refused` ended with code 1\n[\s\S]*cannot bind to 80/,
		],
		[
			'why-short',
			'started',
			/yet active is still "stopped", not "started"\nwhy-short is failed[\s\S]*exit code 4[\s\S]*bad configuration/,
		],
	] as const) {
		const row = {
			module: systemd,
			title: '',
			args: { name, state },
			setup: undefined,
			verify: '',
			run: undefined,
		};
		// A simple unit has started, for systemd, before its program is there to fail.
		await t.throwsAsync(bring(systemd, row, false, 500), { message: says }, `${name} ${state}`);
	}

	await host.output('rm /etc/systemd/system/why-*.service; systemctl daemon-reload; systemctl reset-failed');
}

async function waitingUnitIsReadAnew(t: ExecutionContext, host: GroundHost, bring: Bring): Promise<void> {
	const systemd = modules.find(({ name }) => name === 'systemd') as StateModule;
	const readAnew = () => bring(systemd, { args: { daemon_reload: true }, run: undefined }, false);
	await host.output(`cd /etc/systemd/system
# A masked unit, which what waits for its timer names, and which has a drop-in.
ln -s /dev/null hidden.service; mkdir hidden.service.d; echo '[Unit]' >hidden.service.d/left.conf
printf '[Unit]\nAfter=hidden.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n' >waits.service
printf '[Timer]\nOnCalendar=2099-01-01\n' >waits.timer
systemctl daemon-reload; systemctl start waits.timer; sleep 1; echo '# Another one.' >>waits.service`);
	t.is((await readAnew()).status, 'changed');
	t.is((await readAnew()).status, 'ok');
	t.regex(await host.output('systemctl show --property=LoadState hidden'), /masked/);
	// A service that failed names its timer, of which only a drop-in is left.
	await host.output(`cd /etc/systemd/system; systemctl stop waits.timer
mkdir -p waits.timer.d; printf '[Timer]\\nAccuracySec=1\\n' >waits.timer.d/left.conf
printf '[Service]\\nType=oneshot\\nExecStart=/bin/false\\n' >waits.service; systemctl daemon-reload
systemctl start waits.timer; systemctl start waits.service; systemctl stop waits.timer; rm waits.timer waits.service; systemctl daemon-reload`);
	t.is((await readAnew()).status, 'ok', 'what is left of it is read by nobody');
	await host.output(
		'systemctl stop waits.timer; rm -r /etc/systemd/system/waits.* /etc/systemd/system/hidden.*; systemctl daemon-reload; systemctl reset-failed',
	);
}
