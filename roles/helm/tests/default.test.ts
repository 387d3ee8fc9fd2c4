import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { type Mirror, startMirror } from '../../../test/fixtures/kube/mirror.ts';
import { helmVersion } from '../../../test/fixtures/kube/releases.ts';

let mirror: Mirror;
const there = (lab: TestLab) =>
	lab.run('compute1', '/usr/local/bin/helm version --short; ls -A /usr/local/bin');

/** What is not installed, with the code of the run and what is said. */
const refused: readonly (readonly [
	title: string,
	vars: Readonly<Record<string, unknown>>,
	code: number,
	says: RegExp,
])[] = [
	['no checksum', { helm_version: 'v3.19.99' }, 5, /no checksum of helm v3\.19\.99, .*give helm_checksum/s],
	[
		'another checksum',
		{ helm_checksum: '0'.repeat(64) },
		2,
		/has the checksum [0-9a-f]{64}, and it has to be 0{64}: nothing was installed/,
	],
	[
		'a mirror that is away',
		{ helm_source: 'http://127.0.0.1:1' },
		2,
		/cannot be downloaded: .*helm_source says/s,
	],
	[
		'a version that the mirror does not have',
		{ helm_version: 'v3.19.99', helm_checksum: '0'.repeat(64) },
		2,
		/cannot be downloaded: .*404/s,
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output('compute1', 'mv /usr/local/bin/helm /root/helm');
	for (const [title, vars, code, says] of refused) {
		const result = await again(title, vars);
		t.is(result.code, code, `${title}\n${result.stdout}`);
		t.regex(result.stdout, says, title);
		t.is((await there(lab)).stdout, '', title);
	}

	await lab.output('compute1', 'mv /root/helm /usr/local/bin/helm');
}

roleTest(test, {
	role: 'helm',
	hosts: [{ name: 'compute1', groups: ['rke2_servers'] }],
	vars: () => mirror.variables,

	async prepare(lab) {
		mirror = await startMirror(lab);
	},

	async verify(t, lab) {
		const { stdout } = await there(lab);
		t.regex(stdout, new RegExp(`^${helmVersion.replaceAll('.', '\\.')}\\b.*\\nhelm\\n$`));
	},

	change: refusals,

	drift: [
		{
			name: 'it is gone',
			break: (lab) => lab.output('compute1', 'rm /usr/local/bin/helm'),
			repairs: ['Install helm'],
		},
		{
			name: 'another version is there',
			break: (lab) =>
				lab.output('compute1', `printf '#!/bin/sh\\necho v3.10.0+g123\\n' >/usr/local/bin/helm`),
			repairs: ['Install helm'],
		},
	],

	removal: {
		vars: { helm_state: 'absent' },
		async verify(t, lab) {
			t.is((await there(lab)).stdout, '');
		},
	},
});
