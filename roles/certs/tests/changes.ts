import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';

const folder = '/etc/g2pbook/tls';

const fingerprint = (lab: TestLab): Promise<string> =>
	lab.output('rp1', `openssl x509 -in ${folder}/local-ca/ca.crt -noout -fingerprint -sha256`);

/** What a source has left that is not wanted any more: nothing that is secret, but what has to be known again. */
export const secrets = async (lab: TestLab): Promise<readonly string[]> =>
	(
		await lab.output(
			'rp1',
			`cd ${folder} && find . -type f ! -name settings ! -path './renewed.d/*' ! -path './acme/accounts/*' | sort`,
		)
	)
		.trim()
		.split('\n');

/** A host that got another name, and one whose authority lost its key: clients trust the authority that they know. */
export async function authorityStays(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	// As made when the host was called otherwise.
	await lab.output(
		'rp1',
		`cd ${folder}/local-ca && rm tls.crt && openssl req -x509 -new -key ca.key -subj '/CN=rp9 local authority' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -days 3650 -out ca.crt`,
	);
	t.is((await again('the host has got another name', {})).code, 0);
	const trusted = await fingerprint(lab);
	t.deepEqual((await again('the host has another name', {})).effects, []);
	t.is(await fingerprint(lab), trusted);
	t.regex(
		await lab.output('rp1', `openssl x509 -in ${folder}/local-ca/ca.crt -noout -subject`),
		/rp9 local authority/,
	);

	await lab.output('rp1', `mv ${folder}/local-ca/ca.key /root/`);
	const refused = await again('the key of the authority is gone', {});
	t.is(refused.code, 2);
	t.regex(refused.stdout, /ca\.key, the key of the local authority, is gone/);
	t.deepEqual(refused.effects, []);
	await lab.output('rp1', `mv /root/ca.key ${folder}/local-ca/`);
	t.deepEqual((await again('it is back', {})).effects, []);
}
