import tlsCertificate from '../../../src/modules/tls/tls_certificate.ts';
import { contractRows } from '../../contract-rows.ts';

const authority =
	'mkdir -p /srv/ca && cd /srv/ca && openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=CA -days 100 2>/dev/null && openssl genpkey -algorithm ED25519 -out a.key';

export default contractRows(tlsCertificate, [
	{
		title: 'one by a local authority',
		setup: authority,
		args: {
			path: '/srv/ca/a.crt',
			privatekey_path: '/srv/ca/a.key',
			common_name: 'a.example.org',
			subject_alt_name: ['a.example.org', '*.a.example.org', '192.0.2.1', '2001:db8::1'],
			provider: 'ownca',
			ca_path: '/srv/ca/ca.crt',
			ca_privatekey_path: '/srv/ca/ca.key',
		},
		verify: 'openssl verify -CAfile /srv/ca/ca.crt -verify_hostname x.a.example.org /srv/ca/a.crt',
	},
	{
		title: 'a new one for what ends soon',
		setup:
			'mkdir -p /srv/soon && cd /srv/soon && openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -subj /CN=b.example.org -addext subjectAltName=DNS:b.example.org -days 5 2>/dev/null',
		args: { path: '/srv/soon/c', privatekey_path: '/srv/soon/k', common_name: 'b.example.org' },
		verify: 'openssl x509 -in /srv/soon/c -noout -checkend 8640000',
	},
]);
