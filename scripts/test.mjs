// `npm test`: everything, from a fresh clone to one line, `N passed, N failed`. No dependencies, since it installs
// them. `--unit`, `--containers` and `--bare` select a part; after the first two, patterns select test files:
// `npm test -- --containers 'roles/nfs/**'`. `--long` is a part that everything does not include.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDockerEngine } from './docker-engine.mjs';
import { ensurePrograms } from './programs.mjs';
import { dependency, installDependencies, orTell, root, succeeds } from './project.mjs';

const node = process.execPath;
const known = ['--unit', '--containers', '--bare', '--long'];
const words = process.argv.slice(2);
const patterns = words.filter((word) => !word.startsWith('-'));
const parts = words.filter((word) => word.startsWith('-'));
const unknown = parts.filter((part) => !known.includes(part));
if (unknown.length > 0 || (patterns.length > 0 && parts.length !== 1)) {
	process.stderr.write(
		`${unknown.join(' ') || patterns.join(' ')}: use nothing for everything, or one of ${known.join(', ')}, which patterns of test files may follow\n`,
	);
	process.exit(5);
}

const wants = (part) => (parts.length === 0 && part !== '--long') || parts.includes(part);
const total = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();
let interrupted = false;
let running;

function count(name, passed) {
	total[passed ? 'passed' : 'failed'] += 1;
	process.stdout.write(`${passed ? 'ok' : 'FAILED'}: ${name} (${seconds()} s)\n`);
	return passed;
}

const seconds = () => Math.round((Date.now() - started) / 1000);

/** Show TAP as it comes, and count its tests. */
async function showAndCount(input) {
	for await (const line of createInterface({ input })) {
		process.stdout.write(`${line}\n`);
		const [, failed, title] = line.match(/^ *(not )?ok \d+ - (.*)/) ?? [];
		if (title !== undefined) {
			const skipped = failed === undefined && title.endsWith(' # SKIP');
			total[skipped ? 'skipped' : failed === undefined ? 'passed' : 'failed'] += 1;
		}
	}
}

/** Run ava, show its TAP as it comes, and count it. */
async function ava(name, ...options) {
	process.stdout.write(`\n${name}\n`);
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-times-'));
	const times = join(folder, 'times');
	writeFileSync(times, '');
	const child = spawn(node, [dependency('ava/entrypoints/cli.mjs'), '--tap', ...options, ...patterns], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, G2PBOOK_BUILT: '1', G2PBOOK_FILE_TIMES: times },
	});
	running = child;
	const before = { ...total };
	await showAndCount(child.stdout);
	const code = child.exitCode ?? (await once(child, 'exit'))[0];
	tellTimes(name, readFileSync(times, 'utf8'));
	rmSync(folder, { recursive: true });
	const ran = total.passed > before.passed || total.failed > before.failed;
	// A crash of ava itself, or no test at all, is no success.
	if ((code !== 0 && total.failed === before.failed) || !ran) {
		count(`${name} (ava ended with code ${code}${ran ? '' : ', and ran no test'})`, false);
	}
}

/** The time of each test file, as `file-end.ts` has noted it. */
function tellTimes(name, text) {
	const files = text
		.trimEnd()
		.split('\n')
		.map((line) => line.split(' '))
		.sort(([one], [other]) => Number(other) - Number(one));
	process.stdout.write(`\n${name}, the time of each file in seconds:\n`);
	for (const [milliseconds, file] of files) {
		process.stdout.write(`${(Number(milliseconds) / 1000).toFixed(1).padStart(7)}  ${file}\n`);
	}

	process.stdout.write('\n');
}

async function unit() {
	count('biome', succeeds(node, dependency('@biomejs/biome/bin/biome'), 'check'));
	count('tsc', succeeds(node, dependency('typescript/bin/tsc'), '--noEmit'));
	const page = ['-p', 'src/report/html/page'];
	count('tsc, page of the report', succeeds(node, dependency('typescript/bin/tsc'), '--noEmit', ...page));
	count('knip', succeeds(node, dependency('knip/bin/knip.js')));
	count('docs', succeeds(node, '--import=tsx', 'scripts/docs.ts', '--check'));
	await ava('Unit tests');
}

/** What all tests in containers begin with. @returns whether it is there. */
async function containersReady() {
	// Roles begin on the one and live on the other.
	const images = process.env.LAB_IMAGE ? [process.env.LAB_IMAGE] : ['debian-12', 'debian-13'];
	return (
		count('Docker engine', await orTell(ensureDockerEngine)) &&
		images.every((image) =>
			count(`image ${image}`, succeeds(node, '--import=tsx', 'scripts/lab-image.ts', image)),
		)
	);
}

/** Without it, the tests that want it fail with what is missing, and the others run all the same. */
function kubeFixture() {
	if (patterns.length === 0 || patterns.some((pattern) => pattern.includes('kube'))) {
		const words = parts.includes('--long') ? ['--long'] : [];
		count('Kubernetes fixture', succeeds(node, '--import=tsx', 'scripts/kube-fixture.ts', ...words));
	}
}

/** Unit tests where there is nothing but Node. Alone, since some of them measure. */
async function bare() {
	process.stdout.write('\nOn a bare machine\n');
	const child = spawn(node, ['--import=tsx', 'scripts/bare.ts', '--short'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	running = child;
	await showAndCount(child.stdout);
	const code = child.exitCode ?? (await once(child, 'exit'))[0];
	count('npm test on a bare machine', code === 0);
}

async function main() {
	if (
		!count('programs', await orTell(() => ensurePrograms('test'))) ||
		!count('dependencies', installDependencies()) ||
		!count('build', succeeds(node, 'scripts/build.mjs'))
	) {
		return;
	}

	const inContainers = ['--containers', '--bare', '--long'].some(wants);
	const ready = inContainers && (await containersReady());
	// As everything is run, it is the bare machine that runs them, where there can be one.
	if (wants('--unit') && !(ready && parts.length === 0)) {
		await unit();
	}

	if (!ready || interrupted) {
		return;
	}

	if (wants('--bare')) {
		await bare();
	}

	if (wants('--containers') || wants('--long')) {
		kubeFixture();
	}

	if (wants('--containers') && !interrupted) {
		await ava('Container tests', '--config', 'ava.containers.config.js');
	}

	if (wants('--long') && !interrupted) {
		await ava('Long tests', '--config', 'ava.long.config.js');
	}
}

// The hosts that tests started go away with them: what is left to do is to give the total.
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		interrupted = true;
		// The one signal at which ava ends its workers too.
		running?.kill('SIGINT');
	});
}

await main();
const skipped = total.skipped === 0 ? '' : `${total.skipped} skipped: see SKIP above.\n`;
process.stdout.write(`\n${interrupted ? 'Interrupted.\n' : ''}${skipped}Took ${seconds()} s.\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = interrupted ? 130 : total.failed === 0 ? 0 : 1;
