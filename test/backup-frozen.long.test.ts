import test from 'ava';
import { begin, image } from '../roles/backup-node/tests/begin.ts';
import {
	copies,
	ends,
	fails,
	folder,
	result,
	storage,
	succeeds,
	underWay,
} from '../roles/backup-node/tests/lab.ts';

// Long, since it waits for what SSH waits for.
test(`a host that is read and freezes, in the middle and before it began, is told of, on ${image}`, async (t) => {
	const { lab } = await begin(t);
	await lab.output(storage, `head -c 300M /dev/urandom >${folder}/large`);
	const source = lab.hosts.find(({ name }) => name === storage)?.container;
	const before = await copies(lab);
	await underWay(lab);
	await source?.pause();
	const began = Date.now();
	await ends(lab);
	t.true(Date.now() - began < 120_000);
	t.regex(
		(await result(lab)).says,
		/did not hand out all of it \(code 255\): Timeout, server .* not responding/,
	);
	t.deepEqual(await copies(lab), before);
	await fails(t, lab, /did not hand out all of it \(code 255\): .*timed out/);
	await source?.unpause();
	await succeeds(t, lab);
});
