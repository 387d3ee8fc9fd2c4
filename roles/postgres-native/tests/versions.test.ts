import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook, type PlayedRun, play } from '../../../test/fixtures/containers/command-line.ts';
import { differences, fingerprint } from '../../../test/fixtures/containers/fingerprint.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab, type TestLab } from '../../../test/fixtures/containers/lab.ts';
import { announced, quiet } from '../../../test/fixtures/containers/role-test.ts';

/**
 * A signed repository, on a host of its own: PostgreSQL of the distribution under another version number, so that
 * one sees where it came from, and a package that would bring the next major version in its name.
 */
const repository = `set -e
apt-get update -q && apt-get install -yq gnupg python3
major=$(apt-cache show --no-all-versions postgresql | sed -n '/^Depends:/s/.*postgresql-\\([0-9]*\\).*/\\1/p')
mkdir -p /srv/site/pool /srv/site/dists/site/main/binary-$(dpkg --print-architecture) && cd /srv/site
( cd /tmp && apt-get download postgresql-$major && dpkg-deb -R postgresql-$major*.deb real )
sed -i 's/^Version: .*/&+site1/' /tmp/real/DEBIAN/control
mkdir -p /tmp/next/DEBIAN
printf '%s\\n' 'Package: postgresql' 'Version: 999' 'Architecture: all' 'Maintainer: Site <site@example.org>' \\
	"Depends: postgresql-$((major + 1))" 'Description: the next major version' >/tmp/next/DEBIAN/control
for name in real next; do dpkg-deb -Zgzip -z1 -b /tmp/$name pool/$name.deb; done
for deb in pool/*.deb; do
	dpkg-deb -f $deb
	printf 'Filename: %s\\nSize: %s\\nSHA256: %s\\n\\n' $deb "$(stat -c %s $deb)" "$(sha256sum $deb | cut -d' ' -f1)"
done >$(echo dists/site/main/binary-*)/Packages
cd dists/site
printf '%s\\n' 'Origin: Site' 'Suite: site' 'Codename: site' 'Components: main' \\
	"Architectures: $(dpkg --print-architecture)" "Date: $(date -Ru)" SHA256: >Release
for file in main/*/Packages; do
	echo " $(sha256sum $file | cut -d' ' -f1) $(stat -c %s $file) $file" >>Release
done
export GNUPGHOME=$(mktemp -d)
gpg --batch --quiet --passphrase '' --quick-generate-key site@example.org ed25519 sign never
gpg --batch --quiet --clearsign --output InRelease Release
gpg --batch --quiet --armor --export >/srv/site/key.asc
systemd-run --quiet --unit site python3 -m http.server --directory /srv/site 8000
echo "$major $(sha256sum /srv/site/key.asc | cut -d' ' -f1)" >&3
`;

async function serve(lab: TestLab): Promise<{ readonly major: string; readonly sum: string }> {
	const [major = '', sum = ''] = (await lab.output('mirror1', `{ ${repository} } 3>&1 >/dev/null`))
		.trim()
		.split(' ');
	return { major, sum };
}

const installed = (lab: TestLab, major: string) =>
	lab.output('storage1', `dpkg-query -W -f '\${Version}' postgresql-${major}`);

async function refusedWithoutATrace(
	t: ExecutionContext,
	lab: TestLab,
	run: () => Promise<PlayedRun>,
	words: RegExp,
): Promise<void> {
	const hosts = lab.hosts.filter(({ name }) => name === 'storage1');
	const before = await Promise.all(hosts.map(fingerprint));
	const { code, stdout } = await run();
	t.is(code, 2, stdout);
	t.regex(stdout.replaceAll(/\s+/g, ' '), words);
	const after = await Promise.all(hosts.map(fingerprint));
	t.deepEqual(differences(before[0] ?? new Map(), after[0] ?? new Map()), []);
}

const { other: image } = imagesOf('postgres-native');

test(`role postgres-native from a repository on ${image}`, async (t) => {
	t.timeout(10 * 60_000);
	const lab = await startLab(
		t,
		[
			{ name: 'storage1', groups: ['storage'] },
			{ name: 'mirror1', groups: ['rke2_servers'] },
		],
		image,
	);
	await g2pbook(['secret', 'init', '-i', lab.folder]);
	const { major, sum } = await serve(lab);
	const next = String(Number(major) + 1);
	const address = `http://${lab.address('mirror1')}:8000`;
	const run = async (vars: Readonly<Record<string, unknown>>, ...words: readonly string[]) => {
		const playbook = `${lab.folder}-versions.yml`;
		const site = {
			postgres_native_version: major,
			postgres_native_repository: address,
			postgres_native_repository_suite: 'site',
			postgres_native_repository_key: `${address}/key.asc`,
			postgres_native_repository_key_checksum: `sha256:${sum}`,
			...vars,
		};
		await writeFile(
			playbook,
			JSON.stringify([{ hosts: 'storage', become: true, vars: site, roles: ['postgres-native'] }]),
		);
		return await play(playbook, lab.folder, words);
	};

	const other = await run({ postgres_native_repository_key_checksum: `sha256:${'0'.repeat(64)}` });
	t.is(other.code, 2, 'a key that is another one');
	t.regex(other.stdout, /Fetch the key of the repository/);
	t.is((await lab.run('storage1', 'ls /etc/apt/sources.list.d/postgresql.sources')).code, 2);

	const check = await run({}, '--check');
	const first = await run({});
	t.is(first.code, 0, first.stdout + first.stderr);
	announced(t, check.effects, first.effects);
	quiet(t, await run({}), 'a second run must change nothing');
	quiet(t, await run({}, '--check'), 'a check is quiet');
	t.regex(await installed(lab, major), /\+site1$/, 'the package of the repository, not of the distribution');
	const serves = () =>
		lab.output('storage1', `su postgres -c "psql -Atc 'SHOW server_version_num'" | cut -c1-2`);
	t.is((await serves()).trim(), major);

	const words = new RegExp(
		`this run is for PostgreSQL ${next}, and storage1 has a cluster of another major version \\(${major}/main\\).*pg_upgradecluster`,
	);
	await refusedWithoutATrace(t, lab, () => run({ postgres_native_version: next }), words);
	// Without a version, apt would bring what is newest: the next major version, silently.
	await refusedWithoutATrace(t, lab, () => run({ postgres_native_version: '' }), words);
	t.is((await serves()).trim(), major);

	// What pg_upgradecluster leaves of the old cluster. There are no packages of the next version here to go on with.
	await lab.output('storage1', `echo manual >/etc/postgresql/${major}/main/start.conf`);
	const aside = await run({ postgres_native_version: next }, '--check');
	t.notRegex(aside.stdout, /cluster of another major version/);
});
