import helmRepository from '../../../src/modules/kubernetes/helm_repository.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const file = '/root/.config/helm/repositories.yaml';
const places = `--repository-config ${file} --repository-cache /root/.cache/helm/repository`;
const url = 'https://charts.example.org';

/** As helm writes it (captured). */
const noted = (name: string, at: string, username = '', password = '', caFile = ''): string =>
	`apiVersion: ""
generated: "0001-01-01T00:00:00Z"
repositories:
- caFile: "${caFile}"
  certFile: ""
  insecure_skip_tls_verify: false
  keyFile: ""
  name: ${name}
  pass_credentials_all: false
  password: "${password}"
  url: ${at}
  username: "${username}"
`;

export default stateRows(helmRepository, [
	{
		title: 'known',
		args: { name: 'charts', url },
		host: { files: { [file]: noted('charts', url) } },
	},
	{
		title: 'no file yet',
		args: { name: 'charts', url },
		host: { files: {} },
		steps: [`/usr/local/bin/helm repo add charts ${url} --force-update ${places}`],
	},
	{
		title: 'another one is known',
		args: { name: 'charts', url },
		host: { files: { [file]: noted('others', url) } },
		steps: [`/usr/local/bin/helm repo add charts ${url} --force-update ${places}`],
	},
	{
		title: 'it is somewhere else now',
		args: { name: 'charts', url },
		host: { files: { [file]: noted('charts', 'https://old.example.org') } },
		steps: [`/usr/local/bin/helm repo add charts ${url} --force-update ${places}`],
	},
	{
		title: 'the same password',
		args: { name: 'charts', url, username: 'reader', password: new Secret('hush'), ca_file: '/etc/ca.pem' },
		host: { files: { [file]: noted('charts', url, 'reader', 'hush', '/etc/ca.pem') } },
	},
	{
		title: 'another password goes to the input, as dots',
		args: { name: 'charts', url, username: 'reader', password: new Secret('hush'), ca_file: '/etc/ca.pem' },
		host: { files: { [file]: noted('charts', url, 'reader', 'old') } },
		steps: [
			{
				step: `/usr/local/bin/helm repo add charts ${url} --force-update --username reader --password-stdin --ca-file /etc/ca.pem ${places} (stdin: ••••••)`,
				content: 'hush',
			},
		],
	},
	{
		title: 'a password that is needed no more',
		args: { name: 'charts', url },
		host: { files: { [file]: noted('charts', url, 'reader', 'old') } },
		steps: [`/usr/local/bin/helm repo add charts ${url} --force-update ${places}`],
	},
	{
		title: "in somebody else's home",
		args: {
			name: 'charts',
			url,
			helm: '/opt/helm',
			repository_config: '/home/g2p/repositories.yaml',
			repository_cache: '/home/g2p/cache',
		},
		host: { files: {} },
		steps: [
			`/opt/helm repo add charts ${url} --force-update --repository-config /home/g2p/repositories.yaml --repository-cache /home/g2p/cache`,
		],
	},
	{
		title: 'absent',
		args: { name: 'charts', state: 'absent' },
		host: { files: { [file]: noted('charts', url) } },
		steps: [`/usr/local/bin/helm repo remove charts ${places}`],
	},
	{
		title: 'absent already',
		args: { name: 'charts', state: 'absent' },
		host: { files: { [file]: 'repositories: []\n' } },
	},
	{
		title: 'a file that cannot be read is not shown: there may be passwords in it',
		args: { name: 'charts', url },
		host: { files: { [file]: 'repositories: [\n  password: hush' } },
		error: /^(?!.*hush)\S+repositories\.yaml is no YAML\nhelm keeps its repositories there/s,
	},
	{
		title: 'a registry',
		args: { name: 'charts', url: 'oci://registry.example.org' },
		error: /charts of a registry \(`oci:\/\/`\) need no repository/,
	},
	{ title: 'nowhere', args: { name: 'charts' }, error: /say where it is/ },
	{
		title: 'a password of nobody',
		args: { name: 'charts', url, password: 'x' },
		error: /a password and a username go together/,
	},
]);
