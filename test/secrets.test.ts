import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { BadInput, UserError } from '../src/errors.ts';
import { decryptFile, encrypt, findKeys } from '../src/secrets/age.ts';
import { alphabets, generate, recipeOf } from '../src/secrets/generate.ts';
import { openSecretStore } from '../src/secrets/secret-store.ts';
import { dots, Secret } from '../src/shell/secret.ts';
import { SecretReference } from '../src/vars/types.ts';
import { Vars } from '../src/vars/vars.ts';

const folders: string[] = [];
const folder = (): string => {
	const path = mkdtempSync(join(tmpdir(), 'g2pbook-secrets-'));
	folders.push(path);
	return path;
};

test.after.always(() => {
	for (const path of folders) {
		rmSync(path, { recursive: true, force: true });
	}
});

// Keys of nobody, made for these tests.
const alice = {
	identity: 'AGE-SECRET-KEY-1C698GXNVJTCWE66ECJPMWJ93W0646XE00MWZRNHAJMWTCU3YTZ0S0QVYSD',
	recipient: 'age1pcwarg6nvflg3jp7rag5ja3lnstvspj3z5yjctxawdpkzdhgavsq3jc2tq',
};
const bob = {
	identity: 'AGE-SECRET-KEY-1KNMC5SWHKKMMVX0T2AZR3VXJXD3NW4WX3LJRPQKN625P83UQT6RQTM7E2S',
	recipient: 'age19gxf3vcg45gh4sy4g76awekhpwsh5earx6g9msec3j50q9gt6umqde8ntz',
};
const asAlice = { env: { G2PBOOK_AGE_KEY: alice.identity } };
const asBob = { env: { G2PBOOK_AGE_KEY: bob.identity } };

function inventory(...recipients: readonly string[]): string {
	const path = folder();
	writeFileSync(join(path, 'recipients.txt'), ['# who may read', ...recipients, ''].join('\n'));
	return path;
}

const reference = (name: string, length?: number, alphabet = 'alphanumeric'): SecretReference =>
	new SecretReference(name, length === undefined ? undefined : { length, alphabet });

for (const value of [
	'plain',
	'0123',
	'yes',
	'null',
	'~',
	'',
	' x ',
	'a: b # c',
	'"\'`$\\',
	'two\nlines\n',
	'{{x}}',
	'é😀',
	'- a',
]) {
	test(`a secret comes back as it was stored: ${JSON.stringify(value)}`, async (t) => {
		const path = inventory(alice.recipient);
		await (await openSecretStore(path, asAlice)).set('x', value);
		const store = await openSecretStore(path, asAlice);
		t.is(store.get(reference('x')).reveal(), value);
		t.is(`${store.get(reference('x'))}`, dots);
		t.deepEqual(store.names(), ['x']);
	});
}

test('the file is age, for its owner only, and leaves nothing beside it', async (t) => {
	const path = inventory(`${alice.recipient}  # laptop`);
	const store = await openSecretStore(path, asAlice);
	await store.set('x', 'hunter22');
	const file = join(path, 'secrets.age.yml');
	t.regex(readFileSync(file, 'utf8'), /^-----BEGIN AGE ENCRYPTED FILE-----\n/);
	t.is(statSync(file).mode & 0o777, 0o600);
	t.deepEqual(readdirSync(path).sort(), ['recipients.txt', 'secrets.age.yml']);
	t.is(await decryptFile(file, await findKeys(asAlice)), 'x: hunter22\n');
});

test('a secret is generated once, stored, and kept', async (t) => {
	const path = inventory(alice.recipient);
	const store = await openSecretStore(path, asAlice);
	const vars = new Vars(
		[
			{
				kind: 'play vars',
				origin: 'p',
				values: { url: 'u:{{pw}}', pw: reference('pw', 24, 'hex'), other: reference('other', 6, 'digits') },
			},
		],
		{ secrets: store },
	);
	const url = vars.get('url');
	t.true(url instanceof Secret && /^u:[0-9a-f]{24}$/.test(url.reveal()));
	t.true(vars.get('other') instanceof Secret);
	await store.flush();
	const again = await openSecretStore(path, asAlice);
	t.is(`u:${again.get(reference('pw')).reveal()}`, url instanceof Secret ? url.reveal() : '');
	t.regex(again.get(reference('other')).reveal(), /^\d{6}$/);
});

test('when checking, a generated secret is made up and not stored', async (t) => {
	const path = inventory(alice.recipient);
	const store = await openSecretStore(path, { ...asAlice, readOnly: true });
	const value = store.get(reference('pw', 20));
	t.is(value.reveal(), store.get(reference('pw', 20)).reveal());
	await store.flush();
	t.deepEqual([...store.placeholders], ['pw']);
	t.deepEqual(readdirSync(path), ['recipients.txt']);
});

test('two runs do not lose each other’s secrets', async (t) => {
	const path = inventory(alice.recipient);
	const stores = await Promise.all([1, 2, 3, 4].map(() => openSecretStore(path, asAlice)));
	for (const [index, store] of stores.entries()) {
		store.get(reference(`a${index}`, 10));
		store.get(reference(`b${index}`, 10));
	}

	await Promise.all([...stores.map((store) => store.flush()), stores[0]?.set('set', 'x')]);
	t.is((await openSecretStore(path, asAlice)).names().length, 9);
	t.deepEqual(readdirSync(path).sort(), ['recipients.txt', 'secrets.age.yml']);
});

test('two runs that generate the same secret: the second says so before it uses its own', async (t) => {
	const path = inventory(alice.recipient);
	const [first, second] = [await openSecretStore(path, asAlice), await openSecretStore(path, asAlice)];
	const kept = first.get(reference('pw', 10));
	await first.flush();
	second.get(reference('pw', 10));
	await t.throwsAsync(second.flush(), {
		instanceOf: UserError,
		message: /another run has just generated the secret "pw"/,
	});
	t.is((await openSecretStore(path, asAlice)).get(reference('pw')).reveal(), kept.reveal());
});

test('a lock whose process has ended is taken over; a living one is named', async (t) => {
	const path = inventory(alice.recipient);
	const lock = join(path, 'secrets.age.yml.lock');
	const ended = await execa('true');
	t.is(ended.exitCode, 0);
	writeFileSync(lock, `4194999 on ${hostname()}\n`);
	const store = await openSecretStore(path, asAlice);
	await store.set('x', '1');
	t.deepEqual(readdirSync(path).sort(), ['recipients.txt', 'secrets.age.yml']);
});

const unopened: readonly (readonly [string, Record<string, string>, RegExp, RegExp])[] = [
	[
		'a wrong key',
		asBob.env,
		/secrets\.age\.yml is not encrypted to your key \(G2PBOOK_AGE_KEY\)/,
		new RegExp(bob.recipient),
	],
	[
		'no key',
		{ HOME: '/nonexistent' },
		/secrets\.age\.yml is encrypted, and there is no key/,
		/--identity FILE.*secret init/,
	],
	[
		'no key at all in the variable',
		{ G2PBOOK_AGE_KEY: 'junk' },
		/G2PBOOK_AGE_KEY holds something that is no age key/,
		/AGE-SECRET-KEY-1/,
	],
	['a mistyped key', { G2PBOOK_AGE_KEY: `${alice.identity.slice(0, -1)}X` }, /secrets\.age\.yml/, /./],
	[
		'a key file that is not there',
		{ G2PBOOK_AGE_KEY_FILE: '/nonexistent/key' },
		/cannot read the age key \/nonexistent\/key/,
		/secret init/,
	],
];

for (const [title, env, message, hint] of unopened) {
	test(`${title}: bad input that names the file and the way out`, async (t) => {
		const path = inventory(alice.recipient);
		await (await openSecretStore(path, asAlice)).set('x', 'y');
		const error = await t.throwsAsync(openSecretStore(path, { env }), { instanceOf: BadInput, message });
		t.regex(error?.hint ?? '', hint);
		const later = await openSecretStore(path, { env, lazy: true });
		t.throws(() => later.get(reference('x')), { instanceOf: BadInput, message });
	});
}

test('a damaged file, an unknown name, a nested map, nobody to encrypt to', async (t) => {
	const path = inventory(alice.recipient);
	const file = join(path, 'secrets.age.yml');
	const store = await openSecretStore(path, asAlice);
	await store.set('pg_password', 'x');
	const error = t.throws(() => store.get(reference('pg_pasword')), {
		instanceOf: BadInput,
		message: /no secret "pg_pasword" in .*secrets\.age\.yml/,
	});
	t.is(error?.hint, 'did you mean "pg_password"?');
	await t.throwsAsync(store.rotate('nope'), { instanceOf: BadInput });
	await t.throwsAsync(store.set('a b', 'x'), { message: /no name for a secret/ });

	writeFileSync(file, await encrypt('db: {password: x}\n', [alice.recipient], 'test'));
	await t.throwsAsync(openSecretStore(path, asAlice), {
		instanceOf: BadInput,
		message: /the value of "db" must be a text/,
	});
	writeFileSync(file, `${readFileSync(file, 'utf8').slice(0, 200)}\n`);
	await t.throwsAsync(openSecretStore(path, asAlice), { instanceOf: BadInput, message: /damaged/ });

	const alone = folder();
	const without = await openSecretStore(alone, asAlice);
	await t.throwsAsync(without.set('x', 'y'), {
		instanceOf: BadInput,
		message: /no place for secrets beside this inventory yet/,
	});
	writeFileSync(join(alone, 'recipients.txt'), '# nobody\n');
	await t.throwsAsync(without.set('x', 'y'), {
		instanceOf: BadInput,
		message: /recipients\.txt names nobody/,
	});
	without.get(reference('pw', 10));
	await t.throwsAsync(without.flush(), { instanceOf: BadInput });
	writeFileSync(join(alone, 'recipients.txt'), 'ssh-ed25519 AAAA\n');
	await t.throwsAsync(without.set('x', 'y'), { message: /is no age recipient/ });
});

test('a new recipient can read after all is encrypted again, a removed one cannot', async (t) => {
	const path = inventory(alice.recipient);
	const store = await openSecretStore(path, asAlice);
	await store.set('x', 'y');
	writeFileSync(join(path, 'recipients.txt'), `${bob.recipient}\n`);
	await store.reEncrypt();
	t.is((await openSecretStore(path, asBob)).get(reference('x')).reveal(), 'y');
	await t.throwsAsync(openSecretStore(path, asAlice), { instanceOf: BadInput });
});

test('rotation keeps length and alphabet, and comments', async (t) => {
	const path = inventory(alice.recipient);
	const file = join(path, 'secrets.age.yml');
	writeFileSync(
		file,
		await encrypt('# of the database\npw: 0123abcd\npin: 123456\n', [alice.recipient], 'test'),
	);
	const store = await openSecretStore(path, asAlice);
	await store.rotate('pw');
	await store.rotate('pin', { length: 8 });
	const text = await decryptFile(file, await findKeys(asAlice));
	t.regex(text, /^# of the database\npw: "?[0-9a-f]{8}"?\npin: "?\d{8}"?\n$/);
	t.notRegex(text, /0123abcd/);
});

test('generated values: length, alphabet, every character, even spread', (t) => {
	for (const [alphabet, characters] of Object.entries(alphabets)) {
		const value = generate({ length: 20_000, alphabet });
		t.is(value.length, 20_000);
		t.is([...new Set(value)].sort().join(''), [...characters].sort().join(''), alphabet);
		const counts = [...characters].map((one) => value.split(one).length - 1);
		const expected = 20_000 / characters.length;
		t.true(Math.max(...counts) < expected + 6 * Math.sqrt(expected), alphabet);
	}

	const error = t.throws(() => generate({ length: 3, alphabet: 'hexx' }), { instanceOf: BadInput });
	t.is(error?.hint, 'did you mean "hex"?');
	for (const [value, alphabet] of [
		['1234', 'digits'],
		['12ab', 'hex'],
		['xyz', 'lowercase'],
		['xYz', 'letters'],
		['xY1', 'alphanumeric'],
		['x-Y_1', 'base64url'],
		['x!', 'printable'],
		['ä', 'alphanumeric'],
	] as const) {
		t.is(recipeOf(value).alphabet, alphabet, value);
	}
});

const main = new URL('fixtures/secret-program.ts', import.meta.url).pathname;

function g2pbook(home: string) {
	return (args: readonly string[], input?: string, env: Record<string, string> = {}) =>
		execa('node', ['--import=tsx', main, ...args], {
			reject: false,
			env: {
				HOME: home,
				NO_COLOR: '1',
				G2PBOOK_AGE_KEY: '',
				G2PBOOK_AGE_KEY_FILE: '',
				XDG_CONFIG_HOME: '',
				...env,
			},
			input: input ?? '',
		});
}

test('the commands, from init to rotate', async (t) => {
	t.timeout(120_000);
	const [home, path] = [folder(), folder()];
	const run = g2pbook(home);
	const at = ['-i', path];
	const before = await run(['secret', 'view', ...at]);
	t.is(before.exitCode, 0);

	const made = await run(['secret', 'init', ...at]);
	t.is(made.exitCode, 0, made.stderr);
	t.is(statSync(join(home, '.config/g2pbook/identity.txt')).mode & 0o777, 0o600);
	t.regex(readFileSync(join(path, 'recipients.txt'), 'utf8'), /^age1\w+ {2}# /);
	t.is((await run(['secret', 'init', ...at])).exitCode, 0);
	t.is(readFileSync(join(path, 'recipients.txt'), 'utf8').split('\n').length, 2);

	t.is((await run(['secret', 'set', 'smtp', ...at], 'hunter22\n')).exitCode, 0);
	t.is((await run(['secret', 'set', 'pin', ...at], '1234')).exitCode, 0);
	t.is((await run(['secret', 'set', 'empty', ...at], '')).exitCode, 5);
	t.is((await run(['secret', 'view', ...at])).stdout, 'smtp\npin');
	t.is((await run(['secret', 'view', 'smtp', ...at])).stdout, 'hunter22');
	const unknown = await run(['secret', 'view', 'smpt', ...at]);
	t.is(unknown.exitCode, 5);
	t.regex(unknown.stderr, /did you mean "smtp"/);

	t.is((await run(['secret', 'rotate', 'pin', ...at])).exitCode, 0);
	const rotated = (await run(['secret', 'view', 'pin', ...at])).stdout;
	t.regex(rotated, /^\d{4}$/);
	t.is((await run(['secret', 'rotate', ...at])).exitCode, 0);

	const editor = join(home, 'editor.sh');
	writeFileSync(editor, '#!/bin/sh\nstat -c "%a %n" "$1" > "$HOME/seen"\nsed -i s/hunter22/changed/ "$1"\n', {
		mode: 0o755,
	});
	const edited = await run(['secret', 'edit', ...at], undefined, { EDITOR: editor, VISUAL: '' });
	t.is(edited.exitCode, 0, edited.stderr);
	t.is((await run(['secret', 'view', 'smtp', ...at])).stdout, 'changed');
	const [mode, seen = ''] = readFileSync(join(home, 'seen'), 'utf8').trim().split(' ');
	t.is(mode, '600');
	t.throws(() => statSync(seen), { code: 'ENOENT' });
	const failed = await run(['secret', 'edit', ...at], undefined, { EDITOR: 'false', VISUAL: '' });
	t.is(failed.exitCode, 5);
	t.deepEqual(readdirSync(path).sort(), ['recipients.txt', 'secrets.age.yml']);

	const stranger = await g2pbook(folder())(['secret', 'init', ...at]);
	t.is(stranger.exitCode, 5);
	t.regex(stranger.stderr, /not encrypted to your key[\s\S]*adds this line to recipients\.txt/);
});

test('vars shows secrets as dots without a key, and explains', async (t) => {
	const path = folder();
	writeFileSync(
		join(path, 'hosts.yml'),
		'all:\n  children:\n    db:\n      hosts:\n        db01: {port: 5433}\n',
	);
	const run = g2pbook(folder());
	await execa('mkdir', ['-p', join(path, 'group_vars')]);
	writeFileSync(
		join(path, 'group_vars/all.yml'),
		'port: 5432\nurl: "postgres://{{pw}}@{{inventory_hostname}}:{{port}}"\npw: !secret pg\nmemory: !cel "facts.memory_mb / 4"\nlisten: "{{inventory_hostname}}:{{port}}"\n',
	);
	const all = await run(['vars', 'db01', '-i', path]);
	t.is(all.exitCode, 0, all.stderr);
	t.regex(all.stdout, new RegExp(`^pw: ${dots}$`, 'm'));
	t.regex(all.stdout, new RegExp(`^url: ${dots}$`, 'm'));
	t.regex(all.stdout, /^listen: db01:5433$/m);
	t.regex(all.stdout, /^# memory: depends on the facts of db01/m);
	const explained = await run(['vars', 'db01', '-i', path, '--explain', 'port', '-e', 'port=1']);
	t.is(explained.exitCode, 0, explained.stderr);
	t.regex(
		explained.stdout,
		/^port: 1\n\n {2}wins .*extra vars.*\n {2}beaten .*hosts\.yml:5:\d+ .*5433\n {2}beaten .*all\.yml:1:7 .*5432/,
	);
	const unknown = await run(['vars', 'db02', '-i', path]);
	t.is(unknown.exitCode, 5);
	t.regex(unknown.stderr, /did you mean "db01"/);
});
