import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { bundleInto } from '../src/cli/make-bundle.ts';
import { UserError } from '../src/errors.ts';
import { startWorld } from './fixtures/bundle/world.ts';
import { packed } from './fixtures/charts/charts.ts';

const root = join(import.meta.dirname, '..');
const charts = join(import.meta.dirname, 'fixtures/charts');
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const version = 'v1.35.9+rke2r1';
const release = {
	'rke2.linux-amd64.tar.gz': Buffer.from('a release'),
	'rke2-images-core.linux-amd64.tar.zst': Buffer.from('images of the core'),
	'rke2-images-canal.linux-amd64.tar.zst': Buffer.from('images of canal'),
	'rke2-images-core.linux-amd64.txt': Buffer.from('docker.io/rancher/hardened-etcd:v3.6.1\n'),
};
const sums = Buffer.from(
	Object.entries(release)
		.map(([name, content]) => `${sha256(content)}  ${name}\n`)
		.join(''),
);
const others = {
	'helm-v3.20.2-linux-amd64.tar.gz': Buffer.from('helm'),
	'base-1.31.1.tgz': packed(join(charts, 'istio'), 'base'),
	'istiod-1.31.1.tgz': packed(join(charts, 'istio'), 'istiod'),
	'gateway-1.31.1.tgz': packed(join(charts, 'istio'), 'gateway'),
	'csi-driver-nfs-4.13.4.tgz': packed(charts, 'csi-driver-nfs'),
	'rancher-2.15.1.tgz': packed(charts, 'rancher'),
};

/** A world that has all of it, an inventory, and what makes the program look there. */
async function site(t: ExecutionContext) {
	const world = await startWorld(t, {
		...Object.fromEntries(
			Object.entries(release).map(([name, content]) => [`rke2/${version}/${name}`, content]),
		),
		[`rke2/${version}/sha256sum-amd64.txt`]: sums,
		...Object.fromEntries(Object.entries(others).map(([name, content]) => [`files/${name}`, content])),
		'files/v4.13.4/csi-driver-nfs-4.13.4.tgz': others['csi-driver-nfs-4.13.4.tgz'],
	});
	const cwd = mkdtempSync(join(tmpdir(), 'g2pbook-bundle-'));
	writeFileSync(
		join(cwd, 'hosts.yml'),
		JSON.stringify({
			all: {
				children: {
					rke2_servers: { hosts: { compute1: {}, compute2: {} } },
					storage: { hosts: { storage1: {} } },
				},
			},
		}),
	);
	const files = `${world.url}/files`;
	const values = {
		...{ monitoring_state: 'absent', logging_state: 'absent' },
		rke2_server_version: version,
		rke2_server_source: `${world.url}/rke2`,
		helm_source: files,
		istio_source: files,
		nfs_csi_source: files,
		rancher_source: files,
		versions_checksums_more: Object.fromEntries(
			Object.entries(others).map(([name, content]) => [name, sha256(content)]),
		),
	};
	const folder = join(cwd, 'mirror');
	const given = (more: Readonly<Record<string, unknown>>): readonly string[] => {
		const file = join(cwd, `values-${Math.random()}.json`);
		writeFileSync(file, JSON.stringify({ ...values, ...more }));
		world.requests.length = 0;
		return [`@${file}`];
	};
	/** As the program does it, without a process. */
	const bundle = async (more: Readonly<Record<string, unknown>> = {}, check = false) => {
		const said: string[] = [];
		const complaints: string[] = [];
		const telling = {
			say: (line: string) => void said.push(line),
			complain: (line: string) => void complaints.push(line),
		};
		const flags = { inventory: [join(cwd, 'hosts.yml')], extraVars: given(more), check };
		const code = await bundleInto(folder, flags, telling).catch((error: unknown) => {
			if (!(error instanceof UserError)) {
				throw error;
			}

			complaints.push(`${error.message}\n${error.hint}`);
			return error.exitCode;
		});
		return { code, stdout: said.join('\n'), stderr: complaints.join('\n') };
	};
	const program = async (...words: readonly string[]) => {
		const [values = ''] = given({});
		const { exitCode, stdout, stderr } = await execa(
			process.execPath,
			[
				...['--import', import.meta.resolve('tsx'), join(root, 'src/main.ts'), 'bundle', 'mirror'],
				...['-i', 'hosts.yml', '-e', values, ...words],
			],
			{ cwd, reject: false, stdin: 'ignore', env: { NO_COLOR: '1', FORCE_COLOR: undefined } },
		);
		return { code: exitCode, stdout, stderr };
	};
	const there = () =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
			.sort();
	return { world, folder, bundle, program, there, values };
}

const downloads = [
	'csi-driver-nfs/v4.13.4/csi-driver-nfs-4.13.4.tgz',
	'helm/helm-v3.20.2-linux-amd64.tar.gz',
	'istio/base-1.31.1.tgz',
	'istio/gateway-1.31.1.tgz',
	'istio/istiod-1.31.1.tgz',
	'rancher/rancher-2.15.1.tgz',
	`rke2/${version}/rke2-images-canal.linux-amd64.tar.zst`,
	`rke2/${version}/rke2-images-core.linux-amd64.tar.zst`,
	`rke2/${version}/rke2-images-core.linux-amd64.txt`,
	`rke2/${version}/rke2.linux-amd64.tar.gz`,
	`rke2/${version}/sha256sum-amd64.txt`,
];

test('a bundle, and once more', async (t) => {
	t.timeout(120_000);
	const { world, folder, bundle, program, there } = await site(t);
	const check = await program('--check');
	t.is(check.code, 0, check.stderr);
	t.false(existsSync(folder));
	t.regex(
		check.stdout,
		new RegExp(`^ +9 B +rke2/${version.replace('+', '\\+')}/rke2\\.linux-amd64\\.tar\\.gz +from http`, 'm'),
	);
	t.regex(check.stdout, /^11 files to download, [\d.]+ kB/m);
	t.deepEqual(
		world.requests.filter((line) => line.startsWith('GET')),
		[`GET rke2/${version}/sha256sum-amd64.txt`],
	);

	const first = await program();
	t.is(first.code, 0, first.stderr);
	t.regex(first.stdout, /mirror is whole: 18 files/);
	t.is(world.requests.length, downloads.length, world.requests.join('\n'));
	const files = there();
	t.deepEqual(
		files,
		[
			...downloads,
			...['README.md', 'SHA256SUMS', 'bundle.json', 'images.txt', 'packages/README.md'],
			...['debian-12', 'debian-13', 'ubuntu-22.04', 'ubuntu-24.04'].map((name) => `packages/${name}.txt`),
		].sort(),
	);
	const { stdout } = await execa('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder });
	t.is(stdout.split('\n').filter((line) => line.endsWith(': OK')).length, files.length - 2);
	t.regex(readFileSync(join(folder, 'README.md'), 'utf8'), /nobody could prove[\s\S]*sha256sum-amd64\.txt/);
	const images = readFileSync(join(folder, 'images.txt'), 'utf8');
	t.regex(images, /^docker\.io\/rancher\/hardened-etcd:v3\.6\.1$/m);
	t.regex(images, /^registry\.k8s\.io\/sig-storage\/csi-provisioner:v6\.3\.0$/m);
	const packages = readFileSync(join(folder, 'packages/debian-12.txt'), 'utf8').split('\n');
	t.true(packages.includes('nfs-kernel-server') && packages.includes('postgresql'));
	t.false(packages.includes('nginx'), 'nobody is in reverse_proxy');

	const sumsBefore = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
	const second = await bundle();
	t.is(second.code, 0, second.stderr);
	t.deepEqual(world.requests, []);
	t.is(readFileSync(join(folder, 'SHA256SUMS'), 'utf8'), sumsBefore);
	const quiet = await bundle({}, true);
	t.regex(quiet.stdout, /^0 files to download/m);
	t.deepEqual(world.requests, []);
});

test('what could not be had is told, all of it, and it is no bundle', async (t) => {
	t.timeout(120_000);
	const { world, folder, bundle, there, values } = await site(t);
	t.is((await bundle()).code, 0);
	world.files.delete('files/gateway-1.31.1.tgz');
	world.files.set('files/istiod-1.31.1.tgz', Buffer.from('a forgery'));
	const { 'rancher-2.15.1.tgz': _, ...known } = values.versions_checksums_more;
	const next = {
		istio_version: '1.31.1',
		helm_source: 'http://127.0.0.1:1',
		helm_version: 'v3.19.5',
		versions_checksums_more: known,
	};
	// They are there and right already: who has taken them away does not matter.
	for (const check of [true, false]) {
		const { code, stdout, stderr } = await bundle(next, check);
		t.is(code, 2, stdout);
		t.regex(stderr, /rancher\/rancher-2\.15\.1\.tgz: nobody knows its checksum.*versions_checksums_more/);
		t.regex(stderr, /helm\/helm-v3\.19\.5\S+: http:\/\/127\.0\.0\.1:1\S+ cannot be downloaded/);
		t.notRegex(stderr, /istio/);
	}

	t.false(there().includes('bundle.json'));
	t.false(there().includes('SHA256SUMS'));

	const fresh = await site(t);
	fresh.world.files.delete('files/gateway-1.31.1.tgz');
	fresh.world.files.set('files/istiod-1.31.1.tgz', Buffer.from('a forgery'));
	fresh.world.files.set(`rke2/${version}/rke2.linux-amd64.tar.gz`, Buffer.from('another release'));
	const { code, stderr } = await fresh.bundle();
	t.is(code, 2);
	t.regex(stderr, /is no bundle yet/);
	t.regex(stderr, /istio\/gateway-1\.31\.1\.tgz: \S+ cannot be downloaded: the server says 404/);
	t.regex(stderr, /istio\/istiod-1\.31\.1\.tgz: \S+ has the checksum \w{64}, and it has to be \w{64}/);
	t.regex(
		stderr,
		/rke2\.linux-amd64\.tar\.gz: \S+ has the checksum .* \(says rke2\/\S+\/sha256sum-amd64\.txt; delete/,
	);
	t.false(
		fresh.there().some((name) => /bundle\.json|SHA256SUMS|istiod|rke2\.linux|\.part$/.test(name)),
		fresh.there().join(),
	);
	t.true(fresh.there().includes('istio/base-1.31.1.tgz'), 'the others are none the worse for it');
	t.false(existsSync(join(folder, 'bundle.json')));

	// Mended, it goes on from there.
	fresh.world.files.set('files/gateway-1.31.1.tgz', others['gateway-1.31.1.tgz']);
	fresh.world.files.set('files/istiod-1.31.1.tgz', others['istiod-1.31.1.tgz']);
	fresh.world.files.set(`rke2/${version}/rke2.linux-amd64.tar.gz`, release['rke2.linux-amd64.tar.gz']);
	t.is((await fresh.bundle()).code, 0);
	t.is(fresh.world.requests.length, 3, fresh.world.requests.join('\n'));
});

test('a list of checksums that is none, and one that does not name what is needed', async (t) => {
	t.timeout(120_000);
	const { world, bundle, there } = await site(t);
	world.files.set(`rke2/${version}/sha256sum-amd64.txt`, Buffer.from('<html>Please log in</html>'));
	const login = await bundle();
	t.is(login.code, 2);
	t.regex(login.stderr, /sha256sum-amd64\.txt: \S+ is no list of checksums: it was thrown away/);
	t.false(there().some((name) => name.includes('sha256sum')));
	world.files.set(`rke2/${version}/sha256sum-amd64.txt`, sums.subarray(0, sums.indexOf('\n') + 1));
	const short = await bundle();
	t.is(short.code, 2);
	t.regex(short.stderr, /rke2-images-core\.linux-amd64\.tar\.zst: \S+ does not name it/);
	t.false(there().some((name) => name.includes('images-core')));
});

test('what is not used is not wanted', async (t) => {
	t.timeout(120_000);
	const { bundle, there } = await site(t);
	const { code, stderr } = await bundle({ rancher_state: 'absent', rke2_server_images: [] });
	t.is(code, 0, stderr);
	t.false(
		there().some((name) => /^rancher|images-|commons/.test(name)),
		there().join(),
	);
	const wrong = await bundle({ rke2_server_version: '../../v1' });
	t.is(wrong.code, 5);
	t.regex(wrong.stderr, /rke2_server_version is "..\/..\/v1", and \S+ cannot be the name of a file/);
});

test('a folder that cannot be written', async (t) => {
	t.timeout(120_000);
	const { bundle, folder } = await site(t);
	writeFileSync(folder, 'a file');
	const { code, stderr } = await bundle();
	t.is(code, 2);
	t.regex(stderr, /the bundle cannot be written: E\w+/);
});
