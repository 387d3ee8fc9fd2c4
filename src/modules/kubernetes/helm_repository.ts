import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import type { Step } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { option } from '../../shell/command.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { helmArguments, helmLocal } from './helm-arguments.ts';
import { repositoryNamed } from './repositories.ts';

type RepositoryState = {
	readonly url: string;
	readonly username: string;
	readonly password: 'as given' | 'none' | 'another one';
	readonly ca_file: string;
};

const schema = z
	.strictObject({
		name: z
			.string()
			.regex(/^[A-Za-z0-9][\w.-]*$/, 'write a name of letters, digits, - . _')
			.describe('Name under which `helm_release` finds its charts: `NAME/CHART`.'),
		url: z
			.string()
			.regex(
				/^https?:\/\//,
				'write an http or https address; charts of a registry (`oci://`) need no repository: name them in helm_release',
			)
			.optional()
			.describe('Where it is, as this host reaches it: the folder with `index.yaml`.'),
		username: z.string().min(1).optional().describe('Who asks for it.'),
		password: secretText()
			.optional()
			.describe('Their password. It goes to the input of helm, which keeps it in its file (mode 0600).'),
		ca_file: hostPath()
			.optional()
			.describe('File on the host with the certificates that its own has to come from.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether helm should know it.'),
		helm: helmArguments.helm,
		repository_config: helmArguments.repository_config,
		repository_cache: helmArguments.repository_cache,
	})
	.refine(({ state, url }) => state === 'absent' || url !== undefined, {
		error: 'say where it is',
		path: ['url'],
	})
	.refine(({ username, password }) => (username === undefined) === (password === undefined), {
		error: 'a password and a username go together',
		path: ['password'],
	});

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'helm_repository',
	summary: 'Ensure helm knows a repository of charts, or does not.',
	args: schema,
	examples: [
		'helm_repository: {name: openg2p, url: "https://openg2p.github.io/openg2p-helm"}',
		'helm_repository: {name: internal, url: "https://charts.example.org", username: reader, password: "{{charts_password}}", ca_file: /etc/ssl/certs/internal.pem}',
		'helm_repository: {name: old, state: absent}',
	],

	async current({ name, password, repository_config }, host): Promise<RepositoryState | undefined> {
		const found = await repositoryNamed(name, repository_config, host);
		return (
			found && {
				url: found.url,
				username: found.username,
				password:
					found.password === ''
						? 'none'
						: password !== undefined && reveal(password) === found.password
							? 'as given'
							: 'another one',
				ca_file: found.caFile,
			}
		);
	},

	desired: ({ state, url = '', username = '', password, ca_file = '' }): RepositoryState | undefined =>
		state === 'absent'
			? undefined
			: { url, username, password: password === undefined ? 'none' : 'as given', ca_file },

	create: (args) => [add(args)],

	update: (args) => [add(args)],

	delete: (args) => [helmLocal(args, ['repo', 'remove', args.name])],

	// What helm itself says stands beside them.
	reasons: async ({ state, url }) =>
		state === 'absent'
			? []
			: [
					`a repository is added only when this host can read its list: ${url?.replace(/\/$/, '')}/index.yaml`,
					'where there is no way to it, helm_release takes a chart as a file: `src`, or a path on the host as `chart`',
				],
});

/** Also asks the repository for its list: one that does not answer is not added. */
function add(args: Arguments): Step {
	const { name, url, username, password, ca_file } = args;
	const command = helmLocal(args, [
		['repo', 'add', name, url, '--force-update'],
		option('--username', username),
		password !== undefined && '--password-stdin',
		option('--ca-file', ca_file),
	]);
	return password === undefined ? command : command.withInput(new Secret(reveal(password)));
}
