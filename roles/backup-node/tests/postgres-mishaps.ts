import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, result, start, storage } from './lab.ts';
import { job, server, sql, unit, verify } from './postgres-lab.ts';

/** Both ways of a run that ends on the way, and a backup host that is away. */
export async function mishaps(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(keeper, `systemctl start --no-block ${unit}; sleep 1`);
	await lab.restart(keeper);
	await verify(t, lab);
	await lab.output(storage, `systemctl stop ${server}`);
	t.not(await start(lab, unit), 0);
	t.regex((await result(lab, 'run', job)).says, /backup was not made/);
	await lab.output(storage, `systemctl start ${server}`);
	await lab.output(keeper, `systemctl stop ${server}`);
	await sql(lab, 'SELECT pg_switch_wal()');
	t.is(await sql(lab, 'SELECT 1'), '1', 'the database goes on');
	await lab.output(keeper, `systemctl start ${server}`);
	await verify(t, lab);
}
