// Writes the documentation that is made from the code: docs/modules, schemas, and the tables between markers in
// docs/variables.md and the READMEs of roles. With --check it writes nothing, and fails when something would change,
// when a link leads nowhere, or when a page of docs/ is reached from nowhere.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { roleVariables } from '../src/cli/role-variables.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { modulePage, table } from '../src/module/describe.ts';
import { families, modules } from '../src/modules/index.ts';
import { precedence } from '../src/vars/types.ts';
import { readYaml } from '../src/yaml/read.ts';
import { playbookSchema } from './playbook-schema.ts';
import { versionPage } from './version-page.ts';

const root = join(import.meta.dirname, '..');

/** Every generated file with its text. */
function pages(): ReadonlyMap<string, string> {
	const files = new Map<string, string>();
	for (const module of modules) {
		files.set(`docs/modules/${module.name}.md`, modulePage(module));
	}

	files.set('docs/modules/README.md', moduleIndex());
	files.set('docs/versions.md', versionPage(join(root, 'roles/versions/defaults/main.yml')));
	files.set('schemas/playbook.schema.json', `${JSON.stringify(playbookSchema(), undefined, '\t')}\n`);
	between(files, 'docs/variables.md', 'precedence', precedenceTable());
	for (const role of folders('roles')) {
		between(files, `roles/${role}/README.md`, 'variables', variableTable(join(root, 'roles', role)));
	}

	between(files, 'roles/ports/README.md', 'ports', portTable());
	return files;
}

/** Who talks to whom, from the data that the firewall is made of. */
function portTable(): string {
	const problems = new Diagnostics();
	const defaults = readYaml(join(root, 'roles/ports/defaults/main.yml'), problems) as {
		readonly ports_table: readonly Readonly<Record<string, unknown>>[];
	};
	return table(
		['from', 'to', 'port', 'for'],
		defaults.ports_table.map(({ name, use, from, to, proto, port, port_variable }) => [
			[from].flat().join(', '),
			[to].flat().join(', '),
			`${String(port).replace(':', '–')}/${proto}${port_variable === undefined ? '' : ` (\`${port_variable}\`)`}`.replace(
				'{{ports_ssh}}',
				'22',
			),
			`${name}: ${use}`,
		]),
	);
}

function moduleIndex(): string {
	return [
		'# Modules',
		'Made by `npm run docs` from the modules themselves. `g2pbook doc NAME` shows the same in a terminal.',
		'A **state** is looked at first: nothing is done when it is so already, and a check says exactly what would change. An **action** is done whenever it is reached; one that changes something is not run by a check, which says that it would.',
		...Object.entries(families).map(
			([family, members]) =>
				`## ${family}\n\n${table(
					['module', 'kind', 'what it sees to, or does'],
					members.map(({ name, kind, summary }) => [`[${name}](${name}.md)`, kind, summary]),
				)}`,
		),
	]
		.join('\n\n')
		.concat('\n');
}

const precedenceTable = (): string =>
	table(
		['', 'from'],
		precedence.map((kind, index) => [String(index + 1), kind]),
	);

const variableTable = (folder: string): string =>
	table(
		['variable', 'type', 'default', 'meaning'],
		roleVariables(folder).map((variable) => [
			`\`${variable.name}\``,
			variable.type,
			variable.required ? '**required**' : defaultText(variable.default),
			variable.description,
		]),
	);

// What nobody can read in a table is better read where it is written.
function defaultText(text = ''): string {
	if (text.length > 300) {
		return '[long](defaults/main.yml)';
	}

	return text === '' ? '' : `\`${text}\``;
}

// The rest of such a file is written by hand.
function between(files: Map<string, string>, file: string, name: string, text: string): void {
	const before = files.get(file) ?? read(file);
	const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
	const [from, to] = [before.indexOf(start), before.indexOf(end)];
	if (from !== -1 && to !== -1) {
		files.set(file, `${before.slice(0, from + start.length)}\n${text}\n${before.slice(to)}`);
	}
}

function read(file: string): string {
	const path = join(root, file);
	return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function folders(name: string): readonly string[] {
	const path = join(root, name);
	return existsSync(path)
		? readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
		: [];
}

/** Pages that a person can come to: the first ones, and all that these lead to. */
function reachable(problems: string[]): ReadonlySet<string> {
	const found = new Set([
		'README.md',
		'CHANGELOG.md',
		...folders('roles').map((role) => `roles/${role}/README.md`),
	]);
	// A set gives what is added to it while it is walked through.
	for (const page of found) {
		for (const [, target = ''] of read(page).matchAll(/\]\((?!\w+:|#)([^)#]+)/g)) {
			const path = join(dirname(page), target);
			if (!existsSync(join(root, path))) {
				problems.push(`${page}: the link to ${target} leads nowhere`);
			} else if (path.endsWith('.md')) {
				found.add(path);
			}
		}
	}

	return found;
}

function linkProblems(): readonly string[] {
	const problems: string[] = [];
	const found = reachable(problems);
	const written = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
		.map((name) => `docs/${name}`)
		.filter((name) => name.endsWith('.md'));
	return [
		...problems,
		...written.filter((page) => !found.has(page)).map((page) => `${page} is reached from no other page`),
	];
}

const files = pages();
const leftovers = readdirSync(join(root, 'docs/modules'), { recursive: false })
	.map((name) => `docs/modules/${String(name)}`)
	.filter((file) => !files.has(file));
const stale = [...files].filter(([file, text]) => read(file) !== text);
if (process.argv.includes('--check')) {
	for (const file of [...stale.map(([file]) => file), ...leftovers]) {
		process.stderr.write(`${file} is not what the code says: run "npm run docs"\n`);
	}

	const broken = linkProblems();
	process.stderr.write(broken.map((line) => `${line}\n`).join(''));
	process.exitCode = stale.length + leftovers.length + broken.length > 0 ? 1 : 0;
} else {
	for (const [file, text] of stale) {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), text);
	}

	for (const file of leftovers) {
		rmSync(join(root, file));
	}

	process.stdout.write(`${stale.length} of ${files.size} files written\n`);
}
