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
import { differences, type Fingerprint } from './fixtures/containers/fingerprint.ts';
import type { TestHost } from './fixtures/containers/host.ts';
import { runFrom } from './rows/fake-run.ts';

/** What the rows are done on: a host, or a server of a cluster. */
export type Ground = {
	/** Whether the modules of a family are done on it. */
	has(family: string | undefined): boolean;
	start(): Promise<GroundHost>;
	/** Wait until what the rows have set up has come to rest. */
	settle?(host: GroundHost): Promise<void>;
	/** What nobody may change by looking. */
	fingerprint(host: GroundHost): Promise<Fingerprint>;
};

/** The host of a ground, on which the lines of rows run. */
export type GroundHost = Pick<TestHost, 'name' | 'container' | 'run' | 'output' | 'remove'>;

const nouns = modules.filter((module) => module.kind === 'state') as readonly StateModule[];
const everyRow = (
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

/** What the engine does with a noun, on the real host. */
export type Bring = (
	module: StateModule,
	contract: Pick<Contract, 'args' | 'run'>,
	check: boolean,
	settling?: number,
) => ReturnType<typeof converge>;

/**
 * What every noun of a ground owes. One host for all: first everything is looked at, then everything is done, a test for
 * each row.
 */
export function contractsOnGround(
	test: TestFn,
	ground: Ground,
): { readonly host: () => GroundHost; readonly bring: Bring } {
	const rows = everyRow.filter(({ module }) => ground.has(familyOf(module.name)));
	let host: GroundHost;
	let session: ReturnType<typeof createSession>;
	const plans = new Map<Contract, ReturnType<typeof converge>>();

	const bring: Bring = async (module, { args, run }, check, settling = 0) => {
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
	};

	test.before('a host on which everything is as the rows want it', async (t) => {
		t.timeout(10 * 60_000);
		host = await ground.start();
		session = createSession({
			name: host.name,
			connect: () => connect({ name: host.name, connection: 'docker', host: host.container.id }),
		});
		for (const { module, title, setup = 'true', verify } of rows) {
			await host.output(setup);
			t.not((await host.run(verify)).code, 0, `${module.name}: ${title}: nothing is to be done`);
		}

		await ground.settle?.(host);
	});

	test.after.always('the host goes', async () => {
		await session?.close();
		await host?.remove();
	});

	test.serial('looking at everything changes nothing', async (t) => {
		t.timeout(10 * 60_000);
		const before = await ground.fingerprint(host);
		for (const row of rows) {
			plans.set(row, bring(row.module, row, true));
		}

		// What failed is told by the test of its row.
		await Promise.allSettled(plans.values());
		t.deepEqual(differences(before, await ground.fingerprint(host)), []);
	});

	test('every noun has a contract', (t) => {
		t.deepEqual(
			nouns
				.filter(({ name }) => ground.has(familyOf(name)) && rows.every(({ module }) => module.name !== name))
				.map(({ name }) => name),
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

	return { host: () => host, bring };
}
