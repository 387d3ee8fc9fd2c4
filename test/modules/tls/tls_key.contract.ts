import tlsKey from '../../../src/modules/tls/tls_key.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(tlsKey, [
	{
		title: 'a key on a curve',
		args: { path: '/srv/ec.key', type: 'ecdsa', curve: 'secp384r1', group: 'adm', mode: '0640' },
		verify: 'openssl ec -in /srv/ec.key -noout -check && [ "$(stat -c %G:%a /srv/ec.key)" = adm:640 ]',
	},
	{
		title: 'an RSA key',
		args: { path: '/srv/rsa.key', type: 'rsa', size: 2048 },
		verify: 'openssl rsa -in /srv/rsa.key -noout -check && [ "$(stat -c %a /srv/rsa.key)" = 600 ]',
	},
	{
		title: 'Ed25519',
		args: { path: '/srv/ed.key', type: 'ed25519' },
		verify: 'openssl pkey -in /srv/ed.key -noout',
	},
]);
