import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';

// Scripts of roles that ask a cluster more than once, whose API server is killed between the questions. What was not answered must not
// be taken for what is not there: policies would forget the nodes, an environment its project.

/** Answers which kinds there are, and nothing else. */
const kubectl = `#!/bin/sh
case "$*" in
*customresourcedefinitions*) echo customresourcedefinition.apiextensions.k8s.io/helmchartconfigs.helm.cattle.io ;;
*) echo 'The connection to the server 127.0.0.1:6443 was refused' >&2; exit 1 ;;
esac
`;

for (const [script, ...words] of [
	['commons-env/files/look.sh'],
	['commons-env/files/jobs.sh', 'look', 'pilot', 'commons'],
	['commons-env/files/restart.sh', 'look', 'pilot'],
	['rancher/files/rancher.sh', 'look', 'present'],
] as const) {
	test(`${script} ${words.join(' ')}: an API server that answers once`, async (t) => {
		const folder = mkdtempSync(join(tmpdir(), 'g2pbook-half-'));
		writeFileSync(join(folder, 'kubectl'), kubectl);
		chmodSync(join(folder, 'kubectl'), 0o755);
		const text = readFileSync(new URL(`../roles/${script}`, import.meta.url), 'utf8');
		writeFileSync(
			join(folder, 'script.sh'),
			text
				.replaceAll('/var/lib/rancher/rke2/bin/kubectl', join(folder, 'kubectl'))
				.replaceAll('"$data/bin/kubectl"', join(folder, 'kubectl')),
		);
		const { exitCode, stderr } = await execa('sh', [join(folder, 'script.sh'), ...words], { reject: false });
		t.is(exitCode, 1);
		t.regex(stderr, /did not go on answering: run again|was refused/);
	});
}
