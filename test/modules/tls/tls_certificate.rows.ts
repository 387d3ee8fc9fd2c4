import tlsCertificate from '../../../src/modules/tls/tls_certificate.ts';
import { stateRows } from '../../rows.ts';

const path = '/c.pem';
const args = { path, privatekey_path: '/k.pem', common_name: 'g2p.example.org' };
const ca = { provider: 'ownca', ca_path: '/ca.pem', ca_privatekey_path: '/ca.key' } as const;

type Seen = {
	readonly text?: string;
	readonly key?: string;
	readonly fresh?: boolean;
	readonly signed?: boolean;
};

/** A host with a certificate that is as it should be, but for what is given. */
const host = ({ text, key = 'KEY', fresh = true, signed = true }: Seen = {}) => ({
	files: { [path]: '' },
	commands: {
		'openssl x509 -in /c.pem -noout -subject -issuer -enddate -nameopt RFC2253,-esc_msb -ext subjectAltName,basicConstraints':
			text ?? certificate(),
		'openssl x509 -in /c.pem -noout -pubkey': 'KEY',
		'openssl pkey -in /k.pem -pubout': key,
		'openssl x509 -in /c.pem -noout -checkend 2592000': { code: fresh ? 0 : 1 },
		'openssl verify -no-CApath -no_check_time -partial_chain -CAfile /ca.pem /c.pem': {
			code: signed ? 0 : 2,
		},
	},
});

const certificate = ({ issuer = 'CN=g2p.example.org', names = 'DNS:g2p.example.org', isCa = false } = {}) =>
	`subject=CN=g2p.example.org
issuer=${issuer}
notAfter=Nov 20 06:48:51 2036 GMT
X509v3 Basic Constraints: critical
    CA:${isCa ? 'TRUE' : 'FALSE'}
${names === '' ? '' : `X509v3 Subject Alternative Name: \n    ${names}\n`}`;

const selfSigned = `script: # make a certificate for g2p.example.org, signed by itself … /c.pem 0644 '' '' '' /k.pem 825 '' ''`;
const byAuthority = `script: # make a certificate for g2p.example.org, signed by /ca.pem … /c.pem 0644 '' '' '' /k.pem 825 /ca.pem /ca.key`;

export default stateRows(tlsCertificate, [
	{
		title: 'makes one signed by itself',
		args,
		host: { files: {}, commands: host().commands },
		steps: [selfSigned],
	},
	{ title: 'keeps a good one', args, host: host(), result: { not_after: undefined } },
	{ title: 'renews one that ends soon', args, host: host({ fresh: false }), steps: [selfSigned] },
	{ title: 'follows a new key', args, host: host({ key: 'OTHER' }), steps: [selfSigned] },
	{
		title: 'follows new names',
		args: { ...args, subject_alt_name: ['g2p.example.org', '192.0.2.1'] },
		host: host(),
		steps: [selfSigned],
	},
	{
		title: 'knows names however they are written',
		args: {
			...args,
			subject_alt_name: ['b.example.org', 'IP:2001:db8::1', '192.0.2.1', 'DNS:a.example.org'],
		},
		host: host({
			text: certificate({
				names: 'DNS:a.example.org, DNS:b.example.org, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
			}),
		}),
	},
	{
		title: 'becomes signed by an authority',
		args: { ...args, ...ca },
		host: host({ signed: false }),
		steps: [byAuthority],
	},
	{
		title: 'is signed by the authority',
		args: { ...args, ...ca },
		host: host({ text: certificate({ issuer: 'CN=CA' }) }),
	},
	{
		title: 'becomes signed by itself again',
		args,
		host: host({ text: certificate({ issuer: 'CN=CA' }) }),
		steps: [selfSigned],
	},
	{
		title: 'is an authority without names',
		args: { ...args, is_ca: true },
		host: host({ text: certificate({ names: '', isCa: true }) }),
	},
	{
		title: 'only sets the mode',
		args: { ...args, mode: '0600' },
		host: host(),
		steps: ['chmod 0600 /c.pem'],
	},
	{
		title: 'never overwrites what is no certificate',
		args,
		host: {
			...host({ text: '' }),
			commands: { ...host().commands, 'openssl x509 -in /c.pem -noout -pubkey': { code: 1 } },
		},
		error: /holds no certificate/,
	},
	{ title: 'an authority needs its key', args: { ...args, provider: 'ownca' }, error: /needs `ca_path`/ },
	{
		title: 'would be renewed each time',
		args: { ...args, days: 20 },
		error: /renewed at each run/,
	},
]);
