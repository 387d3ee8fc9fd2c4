// `npm run new -- module FAMILY/NAME` and `npm run new -- role NAME`: the skeleton of a module or a role, ready to be filled.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { families } from '../src/modules/index.ts';

const root = join(import.meta.dirname, '..');
const registry = 'src/modules/index.ts';
const [kind = '', path = ''] = process.argv.slice(2);
const [name = '', family = ''] = path.split('/').reverse();

if (kind === 'module' && /^[a-z][a-z0-9_]*$/.test(name)) {
	if (!(family in families)) {
		fail(
			`which family is ${name} of? Write \`npm run new -- module FAMILY/${name}\`; they are ${Object.keys(families).join(', ')}`,
		);
	}

	write(moduleFiles());
	writeFileSync(join(root, registry), registered(readFileSync(join(root, registry), 'utf8')));
	process.stdout.write(`${registry} (its line)\nNext: npx ava test/modules.test.ts; npm run docs\n`);
} else if (kind === 'role' && /^[a-z][a-z0-9-]*$/.test(path)) {
	write(roleFiles());
	process.stdout.write('Next: npm run docs; npm test -- --containers "roles/*/tests/**"\n');
} else {
	fail('write `npm run new -- module FAMILY/NAME` (a-z, 0-9, _) or `npm run new -- role NAME` (a-z, 0-9, -)');
}

function write(files: Readonly<Record<string, string>>): void {
	const taken = Object.keys(files).filter((path) => existsSync(join(root, path)));
	if (taken.length > 0) {
		fail(`nothing was written: ${taken.join(', ')} would be overwritten`);
	}

	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
		process.stdout.write(`${path}\n`);
	}
}

/** The registry with one import more, and one name more in its family. */
function registered(text: string): string {
	const local = camelCase(name);
	const line = (imported: string, file: string) => `import ${imported} from '${file}';\n`;
	const entry = /^import (\w+) from '(\.\/\w+\/\w+\.ts)';\n/gm;
	const known = [...text.matchAll(entry)].map(([, imported = '', file = '']) => ({ imported, file }));
	const all = [...known, { imported: local, file: `./${family}/${name}.ts` }].sort((a, b) =>
		a.file < b.file ? -1 : 1,
	);
	const members = (_: string, before: string, list: string) =>
		`${before}${[...list.split(/,\s*/).filter((member) => member.trim() !== ''), local]
			.map((member) => member.trim())
			.sort()
			.join(', ')}]`;
	return text
		.replace(
			/(?:^import \w+ from '\.\/\w+\/\w+\.ts';\n)+/m,
			all.map(({ imported, file }) => line(imported, file)).join(''),
		)
		.replace(new RegExp(`(\\b${family}: \\[)([^\\]]*)\\]`), members);
}

function moduleFiles(): Readonly<Record<string, string>> {
	const local = camelCase(name);
	return {
		[`src/modules/${family}/${name}.ts`]: `import { z } from 'zod';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';

export default stateModule({
	name: '${name}',
	summary: 'Ensure a ${words()} exists, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Name of the ${words()}.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether it should exist.'),
	}),
	examples: ['${name}: {name: example}', '${name}: {name: example, state: absent}'],

	async current({ name }, host) {
		const { code } = await host.read(sh\`${name} show \${name}\`, { ok: [0, 1] });
		return code === 1 ? undefined : { name };
	},

	desired: ({ name, state }) => (state === 'present' ? { name } : undefined),

	create: ({ name }) => [sh\`${name} add \${name}\`],
	update: () => [],
	delete: ({ name }) => [sh\`${name} remove \${name}\`],
});
`,
		[`test/modules/${family}/${name}.rows.ts`]: `import ${local} from '../../../src/modules/${family}/${name}.ts';
import { stateRows } from '../../rows.ts';

const show = '${name} show x';

export default stateRows(${local}, [
	{ title: 'is there', args: { name: 'x' }, host: { commands: { [show]: 'x' } } },
	{
		title: 'makes it',
		args: { name: 'x' },
		host: { commands: { [show]: { code: 1 } } },
		steps: ['${name} add x'],
	},
	{
		title: 'removes it',
		args: { name: 'x', state: 'absent' },
		host: { commands: { [show]: 'x' } },
		steps: ['${name} remove x'],
	},
]);
`,
		[`test/modules/${family}/${name}.contract.ts`]: `import ${local} from '../../../src/modules/${family}/${name}.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(${local}, [
	{ title: 'one that was not there', args: { name: 'x' }, verify: '${name} show x' },
]);
`,
	};
}

function roleFiles(): Readonly<Record<string, string>> {
	const prefix = name.replaceAll('-', '_');
	const folder = `roles/${name}`;
	return {
		[`${folder}/README.md`]: `# ${name}

What this role sees to, for whom, in one paragraph.

\`\`\`yaml
- hosts: all
  become: true
  roles: [${name}]
\`\`\`

## Variables

<!-- variables -->
<!-- /variables -->
`,
		[`${folder}/meta/main.yml`]: `description: What this role sees to.
platforms: [debian-12, debian-13, ubuntu-22.04, ubuntu-24.04]
hosts: all
dependencies: []
`,
		[`${folder}/meta/argument_spec.yml`]: `${prefix}_port:
  type: int
  description: Port that it listens on.
`,
		[`${folder}/defaults/main.yml`]: `${prefix}_port: 8080\n`,
		[`${folder}/tasks/main.yml`]: `- import_tasks: configure.yml\n`,
		[`${folder}/tasks/configure.yml`]: `- name: Write the configuration of ${name}
  template: {src: ${name}.conf, dest: /etc/${name}.conf, mode: "0644"}
  notify: Restart ${name}
`,
		[`${folder}/handlers/main.yml`]: `- name: Restart ${name}
  systemd: {name: ${name}, state: restarted}
`,
		[`${folder}/templates/${name}.conf`]: `port = {{${prefix}_port}}\n`,
		[`${folder}/tests/default.container.test.ts`]: `import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';

roleTest(test, {
	role: '${name}',
	verify: async (t, lab) => t.regex(await lab.output('host1', 'cat /etc/${name}.conf'), /port = 8080/),
	drift: [
		{
			name: 'the configuration is lost',
			break: (lab) => lab.output('host1', 'rm /etc/${name}.conf'),
			repairs: ['Write the configuration of ${name}', 'Restart ${name}'],
		},
	],
});
`,
	};
}

function words(): string {
	return name.replaceAll('_', ' ');
}

function camelCase(text: string): string {
	return text.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function fail(problem: string): never {
	process.stderr.write(`${problem}\n`);
	process.exit(5);
}
