import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { authorityStays, secrets } from './changes.ts';

const names = ['rancher.g2p.test', '*.pilot.g2p.test'];
const folder = '/etc/g2pbook/tls';
const password = 'open #"$ me';
const fixture = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** What is served: who it is, how its chain goes on, and whether key and names fit. */
async function served(lab: TestLab): Promise<readonly string[]> {
	const text = await lab.output(
		'rp1',
		`cd ${folder} && openssl crl2pkcs7 -nocrl -certfile tls.crt | openssl pkcs7 -print_certs -noout | sed -n 's/^subject=CN *= *//p'
		[ "$(openssl x509 -in tls.crt -noout -pubkey)" = "$(openssl pkey -in tls.key -pubout)" ] && echo pair
		openssl x509 -in tls.crt -noout -checkhost rancher.g2p.test && openssl x509 -in tls.crt -noout -checkhost any.pilot.g2p.test
		stat -c '%a %U' tls.key`,
	);
	return text.trim().split('\n');
}

const good = [
	'pair',
	'Hostname rancher.g2p.test does match certificate',
	'Hostname any.pilot.g2p.test does match certificate',
	'600 root',
];

const serial = (lab: TestLab): Promise<string> =>
	lab.output('rp1', `openssl x509 -in ${folder}/tls.crt -noout -serial`);

/** Ways to give a certificate: the variables, and who is then served with which chain. */
const forms: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
	[
		'PEM: a bundle in the wrong order, the root in it, line ends of Windows',
		{ certificate: 'bundle.pem', key: 'ec.key' },
		'ec',
	],
	[
		'DER, a key that is locked, a chain in PKCS#7',
		{ certificate: 'rsa.cer', key: 'locked.key', chain: 'chain.p7b', password },
		'rsa',
	],
	['PFX', { certificate: 'new.pfx', password }, 'ec'],
	['PFX as old Windows writes it', { certificate: 'old.pfx', password }, 'rsa'],
];

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
	['the key of another', { certificate: 'bundle.pem', key: 'rsa.key' }, /does not belong to a certificate/],
	[
		'a name is missing',
		{ certificate: 'narrow.crt', key: 'narrow.key', chain: 'chain.pem' },
		/does not stand for \*\.pilot\.g2p\.test, only for: rancher\.g2p\.test/,
	],
	[
		'it has ended',
		{ certificate: 'ended.crt', key: 'ended.key', chain: 'chain.pem' },
		/has ended: notAfter=/,
	],
	['a wrong password', { certificate: 'new.pfx', password: 'open me' }, /no PFX that certs_password opens/],
	['no key', { certificate: 'ec.crt' }, /holds no private key that can be read/],
	['no certificate', { certificate: 'ec.key', key: 'ec.key' }, /is no certificate/],
	['no file', { certificate: 'none.pem', key: 'ec.key' }, /there is no .*none\.pem/],
	[
		'a gap in the chain',
		{ certificate: 'ec.crt', key: 'ec.key', chain: 'first.crt' },
		/The last certificate given was signed by: .*second/,
	],
];

async function fromFiles(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const given = `${lab.folder}-given`;
	mkdirSync(given);
	execFileSync('sh', ['-c', fixture('given.sh'), 'given.sh', given]);
	const path = (name: string | undefined): string => (name === undefined ? '' : join(given, name));
	const variables = ({
		certificate,
		key,
		chain,
		password: opener = '',
	}: Readonly<Record<string, string>>) => ({
		certs_source: 'files',
		certs_certificate: path(certificate),
		certs_key: path(key),
		certs_chain: path(chain),
		certs_authority: path('root.crt'),
		certs_password: opener,
	});

	for (const [name, form, who] of forms) {
		const { code, stdout, stderr } = await again(name, variables(form));
		t.is(code, 0, `${name}\n${stdout}\n${stderr}`);
		t.deepEqual(await served(lab), [who, 'second', 'first', ...good], name);
		t.deepEqual((await again(`${name}, again`, variables(form))).effects, [], name);
	}

	const before = await serial(lab);
	for (const [name, form, message] of refusals) {
		const { code, stdout, stderr } = await again(name, variables(form));
		t.is(code, 2, `${name}\n${stdout}\n${stderr}`);
		t.regex(stdout + stderr, message, name);
		t.is(await serial(lab), before, `${name}: what was served is served`);
	}

	const text = {
		...variables({ certificate: 'bundle.pem' }),
		certs_key: readFileSync(path('ec.key'), 'utf8'),
	};
	t.is((await again('the key as a text', text)).code, 0);
	t.deepEqual(await served(lab), ['ec', 'second', 'first', ...good]);

	t.deepEqual(await secrets(lab), [
		'./ca.crt',
		'./given/authority',
		'./given/certificate',
		'./given/key',
		'./given/written-by-g2pbook',
		'./local-ca/ca.crt',
		'./local-ca/ca.key',
		'./tls.crt',
		'./tls.key',
	]);
	await lab.output(
		'rp1',
		`mkdir /root/given && cp -a ${folder}/given/. /root/given && rm -r ${folder}/given/*`,
	);
	const missing = await again('put on the host by hand: nothing there', { certs_source: 'files' });
	t.is(missing.code, 2);
	t.regex(missing.stdout, /there is no given\/certificate/);
	await lab.output('rp1', `cp -a /root/given/. ${folder}/given`);
}

/** Near its end it is made again by the timer's unit, and who uses it is told. A run then has nothing to do. */
async function renewal(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await serial(lab);
	await lab.output(
		'rp1',
		`printf '#!/bin/sh\\ndate >>/root/told\\n' >${folder}/renewed.d/test && chmod 700 ${folder}/renewed.d/test
		mkdir -p /var/lib/prometheus/node-exporter
		sh -s <<'END'\n${fixture('near-end.sh')}END\n`,
	);
	t.false([before, 'serial=05\n'].includes(await serial(lab)));
	t.is((await lab.output('rp1', 'wc -l </root/told')).trim(), '1');
	t.regex(
		await lab.output('rp1', 'cat /var/lib/prometheus/node-exporter/g2pbook-certs.prom'),
		/^g2pbook_certificate_days_left\{folder="\/etc\/g2pbook\/tls"\} 39[67]$/m,
	);
	t.deepEqual((await again('after the renewal', {})).effects, []);

	await lab.output('rp1', `printf '#!/bin/sh\\nexit 1\\n' >${folder}/renewed.d/test`);
	t.not(
		(await lab.run('rp1', 'systemctl start g2pbook-certs.service')).code,
		0,
		'one that does not take it shows',
	);
	await lab.output('rp1', `rm ${folder}/renewed.d/test && systemctl start g2pbook-certs.service`);
}

async function byAcme(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const address = lab.address('authority1');
	const secret = (
		await lab.output(
			'authority1',
			`cat >/root/authority.sh <<'AUTHORITY'\n${fixture('authority.sh')}AUTHORITY\nsh /root/authority.sh ${address}`,
		)
	).trim();
	const root = await lab.output('authority1', 'cat /root/pebble/root.crt');
	await lab.output(
		'rp1',
		`echo '${root}' >/usr/local/share/ca-certificates/pebble.crt && update-ca-certificates
		echo '${address} ns.g2p.test' >>/etc/hosts`,
	);
	const variables = {
		certs_source: 'acme',
		certs_acme_directory: `https://${address}:14000/dir`,
		certs_acme_email: 'admin@g2p.test',
		certs_acme_dns: 'rfc2136',
		certs_key_type: 'rsa',
		certs_acme_resolvers: [`${address}:53`],
		certs_acme_environment: {
			RFC2136_NAMESERVER: `${address}:53`,
			RFC2136_TSIG_KEY: 'g2p.',
			RFC2136_TSIG_ALGORITHM: 'hmac-sha256.',
			RFC2136_TSIG_SECRET: secret,
			RFC2136_SEQUENCE_INTERVAL: '1',
		},
	};
	const wrong = { ...variables.certs_acme_environment, RFC2136_TSIG_SECRET: 'AAAA' };
	const before = await serial(lab);
	const refused = await again('the DNS server refuses', { ...variables, certs_acme_environment: wrong });
	t.is(refused.code, 2);
	t.regex(refused.stdout, /gave no certificate; what was served before goes on being served/);
	t.is(await serial(lab), before);

	const { code, stdout, stderr } = await again('by ACME', variables);
	t.is(code, 0, stdout + stderr);
	t.deepEqual((await served(lab)).slice(-good.length), good);
	const issued = await lab.output('rp1', `openssl x509 -in ${folder}/tls.crt -noout -text`);
	t.regex(issued, /Issuer: .*Pebble[\s\S]*Public-Key: \(4096 bit\)/i);
	t.is(
		(
			await lab.output(
				'rp1',
				`find ${folder}/acme ${folder}/acme.env -type f -perm /077 -name '*.key' -o -name acme.env -perm /077`,
			)
		).trim(),
		'',
	);
	t.deepEqual((await again('by ACME, again', variables)).effects, []);
	t.is((await again('of another name', { ...variables, certs_names: ['console.g2p.test'] })).code, 0);
	t.deepEqual(await secrets(lab), [
		'./acme.env',
		...['crt', 'issuer.crt', 'json', 'key'].map((end) => `./acme/certificates/console.g2p.test.${end}`),
		'./local-ca/ca.crt',
		'./local-ca/ca.key',
		'./tls.crt',
		'./tls.key',
	]);
	t.is((await again('of the names of before', variables)).code, 0);

	// As if the end were near: it is asked for again.
	const first = await serial(lab);
	await lab.output(
		'rp1',
		`sed -i 's/^renew_before_days=.*/renew_before_days=20000/' ${folder}/settings && systemctl start g2pbook-certs.service`,
	);
	t.not(await serial(lab), first);

	const lets = await again('a name that the world does not know', {
		...variables,
		certs_acme_directory: 'https://acme-v02.api.letsencrypt.org/directory',
	});
	t.is(lets.code, 2);
	t.regex(lets.stdout, /names that the DNS of the world may have/);
}

roleTest(test, {
	role: 'certs',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: 'authority1', groups: [] },
	],
	pattern: 'reverse_proxy',
	vars: { certs_names: names },

	async verify(t, lab) {
		t.deepEqual((await served(lab)).slice(-good.length), good);
		const trusted = await lab.run(
			'rp1',
			`cd ${folder} && openssl verify -purpose sslserver -CAfile ca.crt tls.crt`,
		);
		t.is(trusted.code, 0, trusted.stdout + trusted.stderr);
		t.is((await lab.output('rp1', 'systemctl is-active g2pbook-certs.timer')).trim(), 'active');
	},

	async change(t, lab, again) {
		await authorityStays(t, lab, again);
		await renewal(t, lab, again);
		await fromFiles(t, lab, again);
		await byAcme(t, lab, again);
		t.is((await again('by the local authority again', {})).code, 0);
		t.deepEqual(await secrets(lab), [
			'./ca.crt',
			...['ca.crt', 'ca.key', 'tls.crt', 'tls.key'].map((name) => `./local-ca/${name}`),
			'./tls.crt',
			'./tls.key',
		]);
	},

	drift: [
		{
			name: 'the key is gone',
			break: (lab) => lab.output('rp1', `rm ${folder}/tls.key`),
			repairs: ['Take the certificate'],
		},
		{
			name: 'another certificate is served, and nobody renews it',
			break: (lab) =>
				lab.output(
					'rp1',
					`cd ${folder} && openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -subj /CN=other && systemctl disable --now g2pbook-certs.timer`,
				),
			repairs: ['Take the certificate', 'Renew it in time'],
		},
	],

	removal: {
		vars: { certs_state: 'absent', certs_purge: folder },
		async verify(t, lab) {
			t.not((await lab.run('rp1', 'systemctl cat g2pbook-certs.timer')).code, 0);
			t.not((await lab.run('rp1', `ls ${folder}`)).code, 0);
		},
	},
});
