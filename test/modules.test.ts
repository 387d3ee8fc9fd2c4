import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { findModule, moduleNames, modules } from '../src/modules/index.ts';
import type { Row } from './rows.ts';

// One process for all modules. A module without rows, or without anything else it owes, fails here.

const folder = new URL('../src/modules/', import.meta.url);
const files = readdirSync(folder, { withFileTypes: true })
	.filter((entry) => entry.isFile() && entry.name !== 'index.ts')
	.map(({ name }) => basename(name, '.ts'))
	.sort();

// AVA wants every test declared in one go, so the rows are loaded before the first of them.
const suites = await Promise.all(
	modules.map(async (module) => ({ module, rows: await rowsOf(module.name) })),
);

async function rowsOf(name: string): Promise<readonly Row[]> {
	const file = new URL(`./modules/${name}.rows.ts`, import.meta.url);
	const { default: rows } = existsSync(file)
		? ((await import(file.href)) as { readonly default: readonly Row[] })
		: { default: [] };
	return rows;
}

test('the registry lists every module file, in the order of the names', (t) => {
	t.deepEqual([...moduleNames], files);
	t.is(findModule('no such module'), undefined);
});

test('every file of rows belongs to a module', (t) => {
	const names = readdirSync(new URL('./modules/', import.meta.url)).map((name) => name.split('.')[0] ?? '');
	t.deepEqual(
		names.filter((name) => findModule(name) === undefined),
		[],
	);
});

test('a module only says what is, what should be and what leads there', (t) => {
	for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
		const text = name.endsWith('.ts') ? readFileSync(new URL(name, folder), 'utf8') : '';
		t.notRegex(text, /check.?mode|checking|dry.?run/i, `${name} must not know how it is run`);
		t.notRegex(text, /from '[./]+\/(connection|session|engine|plan|report)\//, `${name} sees only a Reader`);
	}
});

for (const { module, rows } of suites) {
	test(`${module.name}: has rows, a summary, described arguments and examples that validate`, (t) => {
		t.true(rows.length > 0, `test/modules/${module.name}.rows.ts has no rows`);
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
