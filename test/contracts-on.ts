import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestFn } from 'ava';
import { connect } from '../src/connection/connect.ts';
import { converge } from '../src/engine/converge.ts';
import { Overlay } from '../src/engine/overlay.ts';
import { gatherBasicFacts } from '../src/facts/gather.ts';
import type { StateModule } from '../src/module/contract.ts';
import { familyOf, modules } from '../src/modules/index.ts';
import { createSession } from '../src/session/session.ts';
import type { Contract } from './contract-rows.ts';
import { differences, fingerprint } from './fixtures/containers/fingerprint.ts';
import { startHost, type TestHost } from './fixtures/containers/host.ts';
import { testImage } from './fixtures/containers/images.ts';
import { type HostKind, useProgramsOf } from './fixtures/containers/programs.ts';
import { runFrom } from './rows/fake-run.ts';

// Those of a cluster need one: test/kubernetes.long.test.ts.
const nouns = modules.filter(
	(module) => module.kind === 'state' && familyOf(module.name) !== 'kubernetes',
) as readonly StateModule[];
const rows = (
	await Promise.all(
		nouns.map(async (module) => (await contractOf(module.name)).map((contract) => ({ module, ...contract }))),
	)
).flat();

async function contractOf(name: string): Promise<readonly Contract[]> {
	const file = new URL(`./modules/${familyOf(name)}/${name}.contract.ts`, import.meta.url);
	return existsSync(file)
		? ((await import(file.href)) as { readonly default: readonly Contract[] }).default
		: [];
}

/**
 * What every noun owes on a host. One host for all: first everything is looked at, then everything is done, a test for
 * each row.
 */
export function contractsOn(test: TestFn, { image = testImage, programs = 'gnu' }: HostKind): void {
	let host: TestHost;
	let session: ReturnType<typeof createSession>;
	const plans = new Map<Contract, ReturnType<typeof converge>>();

	/** What the engine does with a noun, on the real host. */
	async function bring(module: StateModule, { args, run }: Contract, check: boolean, settling = 0) {
		const reader = session.reader();
		return converge(module, module.args.parse(args) as never, {
			reader: { ...reader, facts: () => gatherBasicFacts(reader) },
			local: runFrom(run),
			check,
			diff: true,
			overlay: new Overlay(),
			wouldChange: false,
			perform: async (steps, meanwhile) => {
				const performing = session.perform(steps);
				await (settling > 0 && performing.then(() => sleep(settling)));
				meanwhile();
				return await performing;
			},
		});
	}

	test.before('a host on which everything is as the rows want it', async (t) => {
		t.timeout(10 * 60_000);
		host = await startHost(undefined, { image });
		await useProgramsOf(host, programs);
		session = createSession({
			name: host.name,
			connect: () => connect({ name: host.name, connection: 'docker', host: host.container.id }),
		});
		for (const { module, title, setup = 'true', verify } of rows) {
			await host.output(setup);
			t.not((await host.run(verify)).code, 0, `${module.name}: ${title}: nothing is to be done`);
		}
	});

	test.after.always('the host goes', async () => {
		await session?.close();
		await host?.remove();
	});

	test.serial('looking at everything changes nothing', async (t) => {
		t.timeout(10 * 60_000);
		const before = await fingerprint(host);
		for (const row of rows) {
			plans.set(row, bring(row.module, row, true));
		}

		// What failed is told by the test of its row.
		await Promise.allSettled(plans.values());
		t.deepEqual(differences(before, await fingerprint(host)), []);
	});

	test.serial('a unit that does not come up says why', async (t) => {
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

		await host.output(
			'rm /etc/systemd/system/why-*.service; systemctl daemon-reload; systemctl reset-failed',
		);
	});

	test('every noun has a contract', (t) => {
		t.deepEqual(
			nouns.filter(({ name }) => rows.every(({ module }) => module.name !== name)).map(({ name }) => name),
			[],
		);
	});

	for (const row of rows) {
		test(`${row.module.name}: ${row.title}`, async (t) => {
			t.timeout(5 * 60_000);
			const planned = await plans.get(row);
			t.is(planned?.status, 'changed', 'a look announces the change');
			const applied = await bring(row.module, row, false);
			t.deepEqual(applied.steps, planned?.steps, 'what was announced is what was done');
			const { code, stdout, stderr } = await host.run(row.verify);
			t.is(code, 0, `${row.verify}\n${stdout}${stderr}`);
			t.is((await bring(row.module, row, false)).status, 'ok', 'a second time changes nothing');
			t.is((await bring(row.module, row, true)).status, 'ok', 'a look is quiet');
		});
	}
}
