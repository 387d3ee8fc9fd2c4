import tlsKey from '../../../src/modules/tls/tls_key.ts';
import { stateRows } from '../../rows.ts';

const path = '/etc/ssl/a.key';
const look = `{ openssl pkey -in ${path} -pubout; } | { openssl pkey -pubin -noout -text; }`;
const is = (stdout: string) => ({ files: { [path]: { mode: '0600' } }, commands: { [look]: stdout } });
const missing = { files: {}, commands: { [look]: { code: 1 } } };
const rsa = 'Public-Key: (2048 bit)\nModulus:\n    00:b2\nExponent: 65537 (0x10001)\n';
const ecdsa = 'Public-Key: (256 bit)\npub:\n    04:aa\nASN1 OID: prime256v1\nNIST CURVE: P-256\n';

export default stateRows(tlsKey, [
	{
		title: 'makes a key for its owner only',
		args: { path },
		host: missing,
		steps: [
			"script: # make a private key, ecdsa … /etc/ssl/a.key 0600 '' '' '' -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1",
		],
	},
	{
		title: 'makes an RSA key',
		args: { path, type: 'rsa', size: 4096, group: 'ssl-cert', mode: '0640' },
		host: missing,
		steps: [
			"script: # make a private key, rsa … /etc/ssl/a.key 0640 '' ssl-cert '' -algorithm RSA -pkeyopt rsa_keygen_bits:4096",
		],
	},
	{ title: 'takes any key that is there', args: { path }, host: is(rsa) },
	{ title: 'knows the size', args: { path, type: 'rsa', size: 2048 }, host: is(rsa) },
	{ title: 'knows the curve', args: { path, type: 'ecdsa', curve: 'prime256v1' }, host: is(ecdsa) },
	{
		title: 'knows Ed25519',
		args: { path, type: 'ed25519' },
		host: is('ED25519 Public-Key:\npub:\n    7c:1d\n'),
	},
	{
		title: 'never makes a key again',
		args: { path, type: 'rsa', size: 4096 },
		host: is(rsa),
		error: /is rsa 2048, not rsa 4096\n.*never made again/,
	},
	{
		title: 'never overwrites what is no key',
		args: { path },
		host: { files: { [path]: '' }, commands: { [look]: { code: 1 } } },
		error: /holds no private key/,
	},
	{
		title: 'only sets the mode',
		args: { path, mode: '0400' },
		host: is(ecdsa),
		steps: ['chmod 0400 /etc/ssl/a.key'],
	},
	{
		title: 'a curve is not for RSA',
		args: { path, type: 'rsa', curve: 'secp384r1' },
		error: /goes with type `ecdsa`/,
	},
]);
