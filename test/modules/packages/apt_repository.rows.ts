import aptRepository from '../../../src/modules/packages/apt_repository.ts';
import { stateRows } from '../../rows.ts';

const path = '/etc/apt/sources.list.d/pgdg.sources';
const keyring = '/etc/apt/keyrings/pgdg.asc';
const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n';
const source = {
	name: 'pgdg',
	uris: 'https://example.org/apt',
	suites: ['stable'],
	components: 'main, extra',
};
const text = 'Types: deb\nURIs: https://example.org/apt\nSuites: stable\nComponents: main extra\n';
const signed = `${text}Signed-By: ${keyring}\n`;
const address = 'https://example.org/key.gpg';
const fetched = `# key from ${address}\n${signed}`;
const upload = (content: string) => ({ step: `upload ${path} (${content.length} bytes, 0644)`, content });
const refresh =
	`script: : apt-get, waiting while another one holds the lock … update --error-on=any --option Dir::Etc::sourcelist=${path} ` +
	'--option Dir::Etc::sourceparts=- --option APT::Get::List-Cleanup=0';
const folder = 'install -d -m 0755 /etc/apt/keyrings';
const fetching = `script: : fetch the key of a source of packages … ${address} ${keyring}`;

export default stateRows(aptRepository, [
	{
		title: 'writes source and key, and fetches the lists of this source alone',
		args: { ...source, signed_by: key },
		host: { files: {} },
		steps: [
			folder,
			{ step: `upload ${keyring} (${key.length} bytes, 0644)`, content: key },
			upload(signed),
			refresh,
		],
	},
	{
		title: 'is content with both',
		args: { ...source, signed_by: key },
		host: { files: { [path]: signed, [keyring]: key } },
	},
	{
		title: 'makes a binary key beside the playbook a text, because apt tells them apart by name',
		args: { ...source, signed_by: 'key.gpg', update_cache: false },
		host: { files: { [path]: signed } },
		run: { files: { 'key.gpg': 'binary' } },
		steps: [
			folder,
			{
				step: `upload ${keyring} (82 bytes, 0644)`,
				content: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nYmluYXJ5\n-----END PGP PUBLIC KEY BLOCK-----\n',
			},
			upload(signed),
		],
	},
	{
		title: 'lets the host fetch the key',
		args: { ...source, signed_by: address },
		host: { files: { [keyring]: key } },
		steps: [folder, fetching, upload(fetched), refresh],
	},
	{
		title: 'fetches it once',
		args: { ...source, signed_by: address },
		host: { files: { [path]: fetched, [keyring]: key } },
	},
	{
		title: 'fetches it again when it is gone',
		args: { ...source, signed_by: address },
		host: { files: { [path]: fetched } },
		steps: [folder, fetching, upload(fetched), refresh],
	},
	{
		title: 'reads the form of one line',
		args: {
			name: 'pgdg',
			repo: 'deb [arch=amd64,arm64] https://example.org/apt ./',
			signed_by: '/usr/share/k.gpg',
			enabled: false,
		},
		host: { files: {} },
		steps: [
			upload(
				'Types: deb\nURIs: https://example.org/apt\nSuites: ./\nArchitectures: amd64 arm64\nSigned-By: /usr/share/k.gpg\nEnabled: no\n',
			),
		],
	},
	{
		title: 'removes source and key',
		args: { name: 'pgdg', state: 'absent' },
		host: { files: { [path]: signed, [keyring]: key } },
		steps: [
			`rm -f ${path} ${keyring}`,
			'script: : apt-get, waiting while another one holds the lock … update',
		],
	},
	{ title: 'does not miss what is absent', args: { name: 'pgdg', state: 'absent' }, host: { files: {} } },
	{
		title: 'needs to know where',
		args: { name: 'pgdg', uris: 'https://example.org' },
		error: /`repo`, or `uris` and `suites`/,
	},
]);
