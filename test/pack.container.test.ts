import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { startBareMachine } from './fixtures/containers/bare-machine.ts';
import { repository } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { testRun } from './fixtures/containers/reaper.ts';

type Packed = {
	readonly filename: string;
	readonly size: number;
	readonly files: readonly { readonly path: string; readonly mode: number }[];
};

/** Made once for the tests below. */
const packed = pack();

async function pack(): Promise<Packed & { readonly archive: string }> {
	// The whole suite has built already, and other tests are using it.
	if (!process.env.G2PBOOK_BUILT) {
		await execa(process.execPath, ['scripts/build.mjs'], { cwd: repository });
	}

	const { folder } = testRun();
	const { stdout } = await execa(
		'npm',
		['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
		{ cwd: repository },
	);
	const [about] = JSON.parse(stdout) as readonly Packed[];
	if (about === undefined) {
		throw new Error('npm pack made no package');
	}

	return { ...about, archive: join(folder, about.filename) };
}

test('the package holds what is needed, and nothing else', async (t) => {
	const { files, size } = await packed;
	const paths = files.map(({ path }) => path);
	for (const needed of [
		'dist/main.js',
		'dist/index.js',
		'dist/index.d.ts',
		'playbooks/prod-minimum.yml',
		'inventories/prod/hosts.yml',
		'roles/nginx-rp/templates/proxy.conf',
		'schemas/playbook.schema.json',
		'docs/modules/copy.md',
		'README.md',
		'CHANGELOG.md',
		'LICENSE',
	]) {
		t.true(paths.includes(needed), needed);
	}

	const unwanted =
		/(^|\/)(tests?|fixtures|bench|node_modules|\.[^/]*)\/|(?<!\.d)\.ts$|\.map$|inventories\/(?!prod\/)/;
	t.deepEqual(
		paths.filter((path) => unwanted.test(path)),
		[],
	);
	t.is(
		(files.find(({ path }) => path === 'dist/main.js')?.mode ?? 0) & 0o111,
		0o111,
		'the program may be run',
	);
	t.true(size < 1_200_000, `${size} bytes are a long wait on a slow line`);
});

test('a program in TypeScript that uses the package compiles, and runs', async (t) => {
	const { archive } = await packed;
	const folder = join(testRun().folder, 'consumer');
	const modules = join(folder, 'node_modules');
	mkdirSync(join(modules, 'g2pbook'), { recursive: true });
	await execa('tar', ['-xzf', archive, '--strip-components=1', '-C', join(modules, 'g2pbook')]);
	const manifest = JSON.parse(readFileSync(join(modules, 'g2pbook/package.json'), 'utf8')) as {
		readonly dependencies: Readonly<Record<string, string>>;
	};
	// What npm would install, and the types of Node, which the consumer of a program for Node has.
	for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
		mkdirSync(dirname(join(modules, name)), { recursive: true });
		symlinkSync(join(repository, 'node_modules', name), join(modules, name));
	}

	writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
	writeFileSync(
		join(folder, 'site.yml'),
		'- hosts: all\n  tasks: [{ping: {}}, {name: Say, debug: {msg: hi}}]\n',
	);
	writeFileSync(
		join(folder, 'consumer.ts'),
		`import { BadInput, execute, jsonReport, loadAll, Redactor, type RunEvent, type Secret } from 'g2pbook';

const secrets: readonly Secret[] = [];
const { plan } = await loadAll({ playbook: 'site.yml', inventories: ['a,b,'], cwd: process.cwd(), selection: {} });
const names: readonly string[] = plan.plays.map((play) => play.play.name);
const told = (event: RunEvent): string => (event.kind === 'host-end' ? event.result.status : event.kind);
const report = jsonReport({ write: () => {}, redactor: new Redactor(), version: '1' });
const code: number = new BadInput('no').exitCode;
console.log(JSON.stringify([names.length, code, secrets.length, typeof report.event, typeof execute, typeof told]));
`,
	);
	const options = [
		'--strict',
		'--target',
		'es2023',
		'--module',
		'nodenext',
		'--types',
		'node',
		'--outDir',
		'out',
	];
	const compiled = await execa(
		process.execPath,
		[join(repository, 'node_modules/typescript/bin/tsc'), ...options, 'consumer.ts'],
		{ cwd: folder, reject: false },
	);
	t.is(compiled.exitCode, 0, compiled.stdout);
	const { stdout } = await execa(process.execPath, ['out/consumer.js'], { cwd: folder });
	t.is(stdout, '[1,5,0,"function","function","function"]');
});

test('installed globally where there is nothing but Node, it works with what ships', async (t) => {
	t.timeout(5 * 60_000);
	const { archive, filename } = await packed;
	const machine = await startBareMachine({ image: testImage });
	t.teardown(() => machine.remove());
	await machine.put(dirname(archive), filename, '/');
	await machine.output(`mkdir /home/ada && npm install --global --prefix /usr/local --omit=dev /${filename}`);

	const g2pbook = async (line: string) => machine.run(`cd /home/ada && g2pbook ${line}`);
	const rows: readonly { line: string; code?: number; stdout?: RegExp; stderr?: RegExp }[] = [
		{ line: '--version', stdout: /^\d+\.\d+\.\d+\n$/ },
		{ line: '--help', stdout: /^Usage: g2pbook[\s\S]*\n {2}run [\s\S]*\nExamples:[\s\S]*\nExit codes: 0 ok/ },
		{
			line: 'run prod-minimum.yml -i inventories/prod --list-tasks',
			stdout: /base : [\s\S]*postgres-native : [\s\S]*wireguard : [\s\S]*nginx-rp : [\s\S]*nfs : /,
			stderr: /^There is no inventories\/prod here: using the example that ships with g2pbook\.\n$/,
		},
		{ line: 'plan prod-minimum.yml -i inventories/prod', stdout: /rp1[\s\S]*compute1/ },
		{ line: 'doc', stdout: /Modules: files\n[\s\S]*copy [\s\S]*Roles\n[\s\S]*nginx-rp/ },
		{ line: 'doc postgres-native', stdout: /postgres/ },
		{ line: 'init prod-minimum my-site', stdout: /wrote my-site\/site\.yml/ },
		{ line: 'run my-site/site.yml -i my-site/inventory --list-hosts', stdout: /storage1/ },
		{ line: 'secret init -i my-site/inventory', stdout: /secrets\.age\.yml/ },
		{ line: 'lint my-site', stdout: /nothing is wrong/ },
		{
			line: 'exec localhost -i localhost, -c local -m copy content=hi dest=/home/ada/note',
			stdout: /Done: 1 change on 1 of 1 host/,
		},
		{
			line: 'ping all -i localhost, -c ssh -e ansible_port=1',
			code: 4,
			stdout: /nothing listens at localhost:1 /,
		},
		{ line: 'run nothing.yml -i my-site/inventory', code: 5, stderr: /there is no playbook "nothing\.yml"/ },
	];
	for (const { line, code = 0, stdout = /^/, stderr = /^/ } of rows) {
		const result = await g2pbook(line);
		t.is(result.code, code, `${line}\n${result.stdout}\n${result.stderr}`);
		t.regex(result.stdout, stdout, line);
		t.regex(result.stderr, stderr, line);
	}
});
