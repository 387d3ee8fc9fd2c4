import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

// The order of docs/architecture.md, lowest first. A folder (or a file at the root) may import from itself and from
// what stands before it; those on one line do not know each other.
const levels = [
	['diagnostics.ts', 'package-folder.ts'],
	['errors.ts', 'code-frame.ts'],
	['shell'],
	['yaml'],
	['module'],
	['modules', 'connection', 'secrets'],
	['vars'],
	['inventory'],
	['facts'],
	['playbook'],
	['plan', 'session'],
	['engine'],
	['report', 'lab', 'bundle'],
	['cli'],
	['index.ts'],
	['main.ts'],
];

const root = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.ts'))
	.sort();
const texts = new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]));

const part = (file: string) => file.split('/')[0] ?? '';
const levelOf = (file: string) => levels.findIndex((level) => level.includes(part(file)));

/** Files of src that a file imports, types and lazy imports included. */
const importsOf = (file: string): readonly string[] =>
	[...(texts.get(file) ?? '').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target = '']) =>
		posix.join(dirname(file), target),
	);

test('every folder has a level', (t) => {
	t.deepEqual(
		files.filter((file) => levelOf(file) < 0),
		[],
	);
});

test('imports go downwards only', (t) => {
	const wrong = files.flatMap((file) =>
		importsOf(file)
			.filter((target) => part(target) !== part(file) && levelOf(target) >= levelOf(file))
			.map((target) => `${file} must not import ${target}`),
	);
	t.deepEqual(wrong, []);
});

test('only main.ts ends the process', (t) => {
	t.deepEqual(
		files.filter((file) => file !== 'main.ts' && /process\.exit\(/.test(texts.get(file) ?? '')),
		[],
	);
});

test('files stay short', (t) => {
	const lengths = files.map((file) => ({ file, lines: (texts.get(file) ?? '').split('\n').length - 1 }));
	t.deepEqual(
		lengths.filter(({ lines }) => lines > 250),
		[],
	);
	const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
	t.true((sorted[Math.floor(sorted.length / 2)] ?? 0) <= 80, 'the median file has more than 80 lines');
});

// When the connection is lost, sudo ends a program by SIGHUP, and dash does not take a signal for an EXIT, as bash does.
test('what a script of a role puts aside goes with it, however it ends', (t) => {
	const roles = new URL('../roles', import.meta.url).pathname;
	const scripts = readdirSync(roles, { recursive: true, encoding: 'utf8' })
		.filter((name) => /\/files\/[^/]+\.sh$/.test(name))
		.map((name) => ({ name, text: readFileSync(join(roles, name), 'utf8') }))
		.filter(({ text }) => text.startsWith('#!/bin/sh') && text.includes('mktemp'));
	t.true(scripts.length > 5);
	t.deepEqual(
		scripts.filter(({ text }) => !/^\s*trap '[^']*' HUP\b/m.test(text)).map(({ name }) => name),
		[],
	);
});
