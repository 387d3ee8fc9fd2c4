import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { UserError } from '../src/errors.ts';
import { cached } from './fixtures/kube/cache.ts';
import { findGo } from './fixtures/kube/go.ts';

const folder = mkdtempSync(join(tmpdir(), 'g2pbook-kube-cache-'));
process.env.XDG_CACHE_HOME = folder;
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const silent = () => undefined;

test('a machine without Go is told what to install', async (t) => {
	const error = await t.throwsAsync(findGo(silent, ['no-such-go'], 'no-such-python'), {
		instanceOf: UserError,
	});
	t.regex(error?.hint ?? '', /install Go .*https:\/\/go\.dev\/dl\//);
});

test('what several want at once is made once, and what is there is not made again', async (t) => {
	let made = 0;
	const make = async (path: string) => {
		made += 1;
		await new Promise((resolve) => setTimeout(resolve, 50));
		writeFileSync(join(path, 'result'), 'made');
	};
	const [one, other] = await Promise.all([1, 2].map(() => cached('once', ['same'], make, silent)));
	t.is(one, other);
	t.is(readFileSync(join(one ?? '', 'result'), 'utf8'), 'made');
	t.is(await cached('once', ['same'], make, silent), one ?? '');
	t.is(made, 1);
	t.not(await cached('once', ['other'], make, silent), one ?? '');
});

test('a build that fails leaves nothing, and one whose process is gone is in nobody’s way', async (t) => {
	const fails = () => Promise.reject(new Error('no'));
	await t.throwsAsync(cached('fails', [], fails, silent), { message: 'no' });
	const made = await cached('fails', [], async () => undefined, silent);
	t.deepEqual(
		readdirSync(dirname(made)).filter((name) => name.startsWith('fails') && !made.endsWith(name)),
		[],
	);

	rmSync(made, { recursive: true });
	// No process has such an id.
	writeFileSync(`${made}.lock`, '4194305');
	mkdirSync(`${made}.draft`);
	t.is(await cached('fails', [], async () => undefined, silent), made);
	t.false(existsSync(`${made}.lock`));
});
