import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { download } from '../src/bundle/download.ts';
import { NotHad, proxyAdvice } from '../src/bundle/not-had.ts';
import { UserError } from '../src/errors.ts';
import { type Mood, startWorld } from './fixtures/bundle/world.ts';

const content = randomBytes(300_000);
const checksum = createHash('sha256').update(content).digest('hex');

/** One file of the world, and where it is to come to. */
async function one(t: ExecutionContext, ...moods: Mood[]) {
	const world = await startWorld(t, { 'some+file.tgz': content });
	world.moods.set('some+file.tgz', moods);
	const file = join(mkdtempSync(join(tmpdir(), 'g2pbook-bundle-')), 'a', 'some+file.tgz');
	const wanted = { address: `${world.url}/some%2Bfile.tgz`, checksum, file };
	const told: (readonly [number, number | undefined])[] = [];
	const fetched = (over: Partial<typeof wanted> = {}, silence = 20_000) =>
		download({ ...wanted, ...over }, { pause: 1, silence, begins: (...what) => told.push(what) });
	return { world, file, part: `${file}.part`, fetched, told };
}

test('a file comes, and the second time nobody is asked', async (t) => {
	const { world, file, part, fetched } = await one(t);
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.false(existsSync(part));
	t.is(await fetched(), 'there');
	t.deepEqual(world.requests, ['GET some+file.tgz']);
});

test('a file that is there and wrong is had anew', async (t) => {
	const { file, fetched } = await one(t);
	await fetched();
	writeFileSync(file, 'cut off');
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
});

test('a connection that is cut is gone on with', async (t) => {
	const { world, file, fetched, told } = await one(t, { cutAfter: 100_000 }, { cutAfter: 50_000 });
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.deepEqual(world.requests, [
		'GET some+file.tgz',
		'GET some+file.tgz bytes=100000-',
		'GET some+file.tgz bytes=150000-',
	]);
	t.deepEqual(told, [
		[0, 300_000],
		[100_000, 200_000],
		[150_000, 150_000],
	]);
});

test('so is one that falls silent', async (t) => {
	const { world, fetched } = await one(t, 'says nothing more');
	t.is(await fetched({}, 1000), 'downloaded');
	t.true(world.requests.includes('GET some+file.tgz bytes=10-'));
});

test('a command that was ended is gone on with by the next one', async (t) => {
	const cuts = Array.from({ length: 4 }, () => ({ cutAfter: 0 }));
	const { world, part, fetched } = await one(t, { cutAfter: 70_000 }, ...cuts);
	await t.throwsAsync(fetched(), { instanceOf: NotHad, message: /cannot be downloaded: / });
	t.is(statSync(part).size, 70_000);
	world.requests.length = 0;
	world.moods.clear();
	t.is(await fetched(), 'downloaded');
	t.deepEqual(world.requests, ['GET some+file.tgz bytes=70000-']);
});

test('a server without ranges sends it whole', async (t) => {
	const { file, part, fetched } = await one(t, { cutAfter: 70_000 }, 'ignores ranges');
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.false(existsSync(part));
});

test('a part that is whole already gets its name', async (t) => {
	const { world, file, part, fetched } = await one(t, { status: 404 });
	await t.throwsAsync(fetched(), { instanceOf: NotHad, message: /the server says 404 Not Found$/ });
	writeFileSync(part, content);
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.is(world.requests.at(-1), 'GET some+file.tgz bytes=300000-');
});

test('a part of another file is thrown away, and it comes whole', async (t) => {
	const { world, file, part, fetched } = await one(t, { status: 404 });
	await t.throwsAsync(fetched());
	writeFileSync(part, randomBytes(1000));
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.deepEqual(world.requests.slice(1), ['GET some+file.tgz bytes=1000-', 'GET some+file.tgz']);
});

test('a server that leads elsewhere is followed, with the part that is here', async (t) => {
	const { world, file, fetched } = await one(t, { cutAfter: 70_000 }, { leadsTo: '/else/where' });
	world.files.set('else/where', content);
	t.is(await fetched(), 'downloaded');
	t.deepEqual(readFileSync(file), content);
	t.regex(world.requests.at(-1) ?? '', /^GET else\/where bytes=\d+-$/);
	const circle = await one(t, ...Array.from({ length: 99 }, () => ({ leadsTo: '/some%2Bfile.tgz' })));
	await t.throwsAsync(circle.fetched(), { instanceOf: NotHad, message: /leads in circles$/ });
});

test('a wrong checksum is told with both and the source, and nothing stays', async (t) => {
	const { world, file, part, fetched } = await one(t);
	const error = await t.throwsAsync(fetched({ checksum: '0'.repeat(64) }), { instanceOf: NotHad });
	t.true(
		error?.message.startsWith(
			`${world.url}/some%2Bfile.tgz has the checksum ${checksum}, and it has to be 000`,
		),
	);
	t.false(existsSync(file));
	t.false(existsSync(part));
	t.is(world.requests.length, 1);
});

test('a server that is tired is asked again, and not for ever', async (t) => {
	const { fetched } = await one(t, { status: 503 }, { status: 500 });
	t.is(await fetched(), 'downloaded');
	const tired = await one(t, ...Array.from({ length: 9 }, () => ({ status: 503 })));
	await t.throwsAsync(tired.fetched(), { instanceOf: NotHad, message: /says 503/ });
	t.is(tired.world.requests.length, 4);
});

test('a source that is away', async (t) => {
	const { fetched, part } = await one(t);
	await t.throwsAsync(fetched({ address: 'http://127.0.0.1:1/x.tgz' }), {
		instanceOf: NotHad,
		message: /^http:\/\/127\.0\.0\.1:1\/x\.tgz cannot be downloaded: connect ECONNREFUSED/,
	});
	t.false(existsSync(part));
});

test('a proxy that Node does not ask is named', (t) => {
	t.is(proxyAdvice({}), '');
	t.is(proxyAdvice({ HTTPS_PROXY: 'http://proxy:3128', NODE_USE_ENV_PROXY: '1' }), '');
	t.regex(proxyAdvice({ https_proxy: 'http://proxy:3128' }), /^https_proxy is set, .*NODE_USE_ENV_PROXY=1/);
});

test('a disk that is full ends it at once', async (t) => {
	const { world, part, fetched } = await one(t, { status: 404 });
	await t.throwsAsync(fetched());
	symlinkSync('/dev/full', part);
	const error = await t.throwsAsync(fetched(), {
		instanceOf: UserError,
		message: /cannot be written: ENOSPC/,
	});
	t.false(error instanceof NotHad);
	t.regex(error?.hint ?? '', /make room/);
	t.is(world.requests.length, 2);
});
