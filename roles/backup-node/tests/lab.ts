import type { ExecutionContext } from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const [storage, keeper, stranger] = ['storage1', 'backup1', 'compute1'] as const;
export const folder = '/srv/data';
export const job = `files.${storage}`;
export const unit = `g2pbook-backup-${job}`;
export const program = '/usr/local/lib/g2pbook/backup-files';
export const kept = '/var/lib/g2pbook-backup';

export const sources: readonly Record<string, unknown>[] = [
	{
		...{ name: 'files', kind: 'files', hosts: ['storage'], paths: [folder] },
		...{ sentinel: `${folder}/always`, exclude: ['*.tmp'] },
	},
	{ name: 'configuration', kind: 'files', hosts: ['all'], paths: ['/etc'], optional_paths: ['/no/such'] },
];

/** Owners, modes, hard links, attributes, holes, names that nobody expects, and something to leave out. */
export const tree = `set -e
mkdir -p ${folder} && cd ${folder} && echo always >always
for i in $(seq 1000); do mkdir -p d$((i % 20)) && echo "file $i" >d$((i % 20))/f$i && chown $((i % 7 + 1000)):$((i % 5 + 1000)) d$((i % 20))/f$i; done
chmod 0600 d1/f1 && chmod 4750 d1/f21 && ln d2/f2 d3/second && ln -s ../nowhere d4/link && mkfifo d5/pipe
mkdir -p -- '-rf' 'two  words' && echo x >'-rf/--help' && printf y >"$(printf 'two  words/line\\nend \\303\\274 *$(id)')"
truncate -s 20M hole && echo left out >d6/x.tmp && touch -d '2020-02-03 04:05:06.789' d7/f7
mkdir 'd\u00e4 (1)' && cp -p d9/f9 'd\u00e4 (1)/f'
python3 -c "import os, struct
for path in 'd8/f8', 'd8': os.setxattr(path, 'user.colour', b'blue')
os.setxattr('d9/f9', 'security.capability', struct.pack('<5I', 0x2000001, 1 << 10, 0, 0, 0))
entries = [(1, 6, -1), (2, 4, 1234), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
os.setxattr('d9/f29', 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *one) for one in entries))"`;

/** All of a tree that has to come back, a line for each thing. */
export const fingerprint = `find . ! -name '*.tmp' -printf '%P %y %m %U %G %n %l %T@ ' \\( -type d -printf '\\n' -o -printf '%s\\n' \\) | sort
find . -type f ! -name '*.tmp' -print0 | sort -z | xargs -0 sha256sum --
python3 -c "import os
paths = [os.path.join(d, n) for d, folders, names in os.walk('.') for n in folders + names]
for p in sorted(paths):
  if not p.endswith('.tmp'):
    for a in sorted(os.listxattr(p, follow_symlinks=False)): print(ascii(p), a, os.getxattr(p, a, follow_symlinks=False))"`;

export type Result = {
	readonly state: string;
	readonly says: string;
	readonly succeeded: number;
	readonly bytes: number;
	readonly snapshot: string;
};

export async function result(lab: TestLab, what = 'run', of = job): Promise<Result> {
	const text = await lab.output(keeper, `cat /var/lib/g2pbook/backup-node/results/${of}.${what}.json`);
	return JSON.parse(text) as Result;
}

/** Start a unit, and wait for its end. */
export const start = async (lab: TestLab, what = unit): Promise<number> =>
	(await lab.run(keeper, `systemctl start ${what} 2>&1`)).code;

export async function succeeds(t: ExecutionContext, lab: TestLab): Promise<Result> {
	const code = await start(lab);
	const seen = await result(lab);
	t.is(seen.state, 'ok', seen.says);
	t.is(code, 0);
	return seen;
}

/** It ends with a failure that says why, and makes no copy. */
export async function fails(t: ExecutionContext, lab: TestLab, says: RegExp): Promise<void> {
	const before = await copies(lab);
	t.not(await start(lab), 0, String(says));
	const seen = await result(lab);
	t.is(seen.state, 'failed');
	t.regex(seen.says, says);
	t.deepEqual(await copies(lab), before, 'what was kept is still there, and nothing beside it');
}

/** Short names of the copies, asked of restic itself. */
export async function copies(lab: TestLab): Promise<readonly string[]> {
	const text = await lab.output(
		keeper,
		`runuser -u g2pbook-backup -- restic -r ${kept}/files/${job} --password-file /etc/g2pbook/backup-node/passphrase --no-cache --no-lock snapshots --json`,
	);
	return (JSON.parse(text) as { readonly short_id: string }[]).map(({ short_id }) => short_id);
}

/** The newest copy, unpacked on the backup host, as the fingerprint has it. */
export const restored = (lab: TestLab): Promise<string> =>
	lab.output(
		keeper,
		`rm -rf /root/out && mkdir /root/out && ${program} dump ${job} |
tar -x --xattrs --xattrs-include='*' --acls --numeric-owner -C /root/out && cd /root/out${folder} && ${fingerprint}`,
	);

/** Begin a run, and go on as soon as the source is read. */
export async function underWay(lab: TestLab): Promise<void> {
	await lab.output(keeper, `systemctl start --no-block ${unit}`);
	await lab.output(storage, "timeout 30 sh -c 'until pgrep -u g2pbook-source -x tar; do sleep 0.05; done'");
}

/** Wait until the run is over, however it ends. */
export const ends = (lab: TestLab): Promise<unknown> =>
	lab.output(
		keeper,
		`timeout 90 sh -c 'while systemctl is-active ${unit} | grep -q activating; do sleep 0.2; done'`,
	);

/** Whoever is let in, wherever the hosts are: the life of the role begins with these, and so do tests of its mishaps. */
export const site = {
	hosts: [
		{ name: storage, groups: ['storage'] },
		{ name: keeper, groups: ['backup'] },
		{ name: stranger, groups: ['rke2_servers'] },
	],
	vars: { backup_node_sources: sources },

	async prepare(lab: TestLab): Promise<void> {
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		await Promise.all(
			[storage, keeper].map((host) => lab.output(host, 'apt-get install -yq python3-minimal')),
		);
		await lab.output(storage, tree);
	},
};
