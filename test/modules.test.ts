import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { families, familyOf, findModule, moduleNames, modules } from '../src/modules/index.ts';
import type { Row } from './rows.ts';

// One process for all modules. A module without rows, or without anything else it owes, fails here.

const folder = new URL('../src/modules/', import.meta.url);

// AVA wants every test declared in one go, so the rows are loaded before the first of them.
const suites = await Promise.all(
	modules.map(async (module) => ({ module, rows: await rowsOf(module.name) })),
);

async function rowsOf(name: string): Promise<readonly Row[]> {
	const file = new URL(`./modules/${familyOf(name)}/${name}.rows.ts`, import.meta.url);
	const { default: rows } = existsSync(file)
		? ((await import(file.href)) as { readonly default: readonly Row[] })
		: { default: [] };
	return rows;
}

/** Modules are what files export by default; what serves them has a name for each thing. */
const modulesIn = (family: string): readonly string[] =>
	readdirSync(new URL(`${family}/`, folder))
		.filter((file) => readFileSync(new URL(`${family}/${file}`, folder), 'utf8').includes('export default'))
		.map((file) => basename(file, '.ts'))
		.sort();

test('every module is a file in the folder of its family, and the registry is in the order of the names', (t) => {
	const known = Object.entries(families).map(([family, members]) => [
		family,
		members.map(({ name }) => name),
	]);
	const found = readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== 'lib')
		.map(({ name }) => [name, modulesIn(name)]);
	t.deepEqual(Object.fromEntries(known), Object.fromEntries(found));
	t.deepEqual([...moduleNames], [...moduleNames].sort());
	t.is(findModule('no such module'), undefined);
});

test('every file of rows lies in the family of its module', (t) => {
	const files = readdirSync(new URL('./modules/', import.meta.url), { recursive: true, encoding: 'utf8' });
	for (const file of files.filter((name) => name.endsWith('.ts'))) {
		const [name = ''] = basename(file).split('.');
		t.is(file, `${familyOf(name)}/${basename(file)}`);
	}
});

test('families import from those before them only, and what all share is small', (t) => {
	const order = ['lib', ...Object.keys(families)];
	for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
		(name) => name.endsWith('.ts') && name !== 'index.ts',
	)) {
		const own = order.indexOf(file.split('/')[0] ?? '');
		t.true(own >= 0, `${file} is in no family`);
		for (const [, other = ''] of readFileSync(new URL(file, folder), 'utf8').matchAll(
			/from '\.\.\/([a-z]+)\//g,
		)) {
			const floor = order.indexOf(other);
			t.true(floor < own, `${file} must not import from ${other}`);
		}
	}

	t.true(readdirSync(new URL('lib/', folder)).length <= 5, 'lib is for what three families or more share');
});

test('a module only says what is, what should be and what leads there', (t) => {
	for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
		const text = name.endsWith('.ts') ? readFileSync(new URL(name, folder), 'utf8') : '';
		// Two dashes in front: the word of a program on the host.
		t.notRegex(text, /check.?mode|checking|(?<!--)dry.?run/i, `${name} must not know how it is run`);
		t.notRegex(text, /from '[./]+\/(connection|session|engine|plan|report)\//, `${name} sees only a Reader`);
	}
});

for (const { module, rows } of suites) {
	test(`${module.name}: has rows, a summary, described arguments and examples that validate`, (t) => {
		t.true(rows.length > 0, `test/modules/${familyOf(module.name)}/${module.name}.rows.ts has no rows`);
		t.regex(module.summary, /^[A-Z][^\n]*\.$/);
		for (const [name, argument] of Object.entries(module.args.shape)) {
			t.truthy((argument as { readonly description?: string }).description, `${name} has no description`);
		}

		t.true(module.examples.length > 0);
		for (const example of module.examples) {
			t.notThrows(() => validate(module.name, example), example);
		}
	});

	for (const row of rows) {
		test(`${module.name}: ${row.title}`, row.exec);
	}
}

function validate(name: string, example: string): void {
	const module = findModule(name);
	const written: unknown = (parse(example) as Readonly<Record<string, unknown>>)[name];
	const free = module?.freeForm;
	module?.args.parse(
		typeof written === 'string' && free !== undefined ? { [free]: written } : (written ?? {}),
	);
}
