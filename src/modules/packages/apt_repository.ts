import * as z from 'zod';
import type { Reader, Step } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { sha256Of } from '../files/sha256-of.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { listOf } from '../lib/list-of.ts';
import { refreshLists } from './apt-get.ts';
import { type AptKey, fetchKey, keyOf } from './apt-key.ts';
import { type SourceRequest, sourcesText } from './apt-sources.ts';

type RepositoryState = {
	/** Text of the `.sources` file. */
	readonly content: string;
	/** SHA-256 of the key; `present` for one that was fetched; `none`. */
	readonly key?: string | undefined;
};

const words = () => listOf(z.string().regex(/^\S+$/, 'one word each'));

export default stateModule({
	name: 'apt_repository',
	summary: 'Ensure apt knows a source of packages and its key, or does not.',
	args: z
		.strictObject({
			name: z
				.string()
				.regex(/^[\w.-]+$/, 'a file name without folders')
				.describe('Name of the source: of /etc/apt/sources.list.d/NAME.sources and of its key.'),
			repo: z
				.string()
				.regex(
					/^deb(-src)?\s+(\[[^\]]*\]\s+)?\S+\s+\S+/,
					'write a line such as "deb https://example.org/apt stable main"',
				)
				.optional()
				.describe('The source as one line of sources.list, in place of `uris`, `suites` and the rest.'),
			uris: words().optional().describe('Where it is.'),
			suites: words()
				.optional()
				.describe('Its suites, such as `bookworm`; a path with a slash at the end for a flat one.'),
			components: words().default([]).describe('Its components, such as `main`.'),
			types: words().default(['deb']).describe('`deb`, `deb-src`, or both.'),
			architectures: words().default([]).describe('Architectures; all of the host when not given.'),
			signed_by: z
				.string()
				.min(1)
				.optional()
				.describe(
					'The key that signs it: its text, an https address that the host fetches it from once, a file beside the ' +
						'playbook, or the absolute path of a keyring on the host. Kept in /etc/apt/keyrings.',
				),
			enabled: z.boolean().default(true).describe('Whether apt uses it.'),
			update_cache: z.boolean().default(true).describe('Fetch its lists when it was changed.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether apt should know it.'),
		})
		.refine(
			({ state, repo, uris, suites }) =>
				state === 'absent' || (repo === undefined) !== (uris === undefined || suites === undefined),
			{ error: 'give either `repo`, or `uris` and `suites`', path: ['uris'] },
		),
	examples: [
		'apt_repository: {name: pgdg, uris: "https://apt.postgresql.org/pub/repos/apt", suites: bookworm-pgdg, components: main, signed_by: "https://www.postgresql.org/media/keys/ACCC4CF8.asc"}',
		'apt_repository: {name: backports, repo: "deb http://deb.example.org/debian bookworm-backports main"}',
		'apt_repository: {name: legacy, state: absent}',
	],
	finishes: true,

	async current(args, host: Reader): Promise<RepositoryState | undefined> {
		const { path, keyring } = pathsOf(args.name);
		const [content, key] = await Promise.all([host.content(path), host.sha256(keyring)]);
		return content === undefined
			? undefined
			: {
					content: content.toString('utf8'),
					key: key !== undefined && isAddress(args.signed_by) ? 'present' : (key ?? 'none'),
				};
	},

	async desired(args, local): Promise<RepositoryState | undefined> {
		const key = args.state === 'present' ? await keyOf(args.signed_by, local) : undefined;
		return args.state === 'absent'
			? undefined
			: { content: sourcesText(args satisfies SourceRequest, signedBy(args.name, key)), key: stateOf(key) };
	},

	create: async (args, _change, local) => steps(args, await keyOf(args.signed_by, local)),
	update: async (args, _change, local) => steps(args, await keyOf(args.signed_by, local)),
	delete: ({ name, update_cache }) => [
		sh`rm -f ${pathsOf(name).path} ${pathsOf(name).keyring}`,
		...(update_cache ? [refreshLists()] : []),
	],

	detail: async ({ name }, change) => contentDetail(pathsOf(name).path, change),
});

const pathsOf = (name: string) => ({
	path: `/etc/apt/sources.list.d/${name}.sources`,
	keyring: `/etc/apt/keyrings/${name}.asc`,
});

const isAddress = (text: string | undefined): boolean => /^https?:\/\//.test(text ?? '');

const signedBy = (name: string, key: AptKey | undefined): string | undefined =>
	key?.kind === 'on-host' ? key.path : key && pathsOf(name).keyring;

const stateOf = (key: AptKey | undefined): string | undefined =>
	key?.kind === 'text' ? sha256Of(key.text) : key?.kind === 'address' ? 'present' : undefined;

function* steps(
	args: SourceRequest & { readonly name: string; readonly update_cache: boolean; readonly enabled: boolean },
	key: AptKey | undefined,
): Iterable<Step> {
	const { path, keyring } = pathsOf(args.name);
	if (key?.kind === 'text' || key?.kind === 'address') {
		yield sh`install -d -m 0755 /etc/apt/keyrings`;
		yield key.kind === 'text'
			? { kind: 'upload', path: keyring, content: key.text, mode: '0644' }
			: fetchKey(key.address, keyring);
	}

	yield { kind: 'upload', path, content: sourcesText(args, signedBy(args.name, key)), mode: '0644' };
	if (args.update_cache && args.enabled) {
		// Of this source alone: what is wrong with another one is not for this task to judge.
		const only = [`Dir::Etc::sourcelist=${path}`, 'Dir::Etc::sourceparts=-', 'APT::Get::List-Cleanup=0'];
		yield refreshLists(['--error-on=any', ...only.flatMap((text) => ['--option', text])], { orRemove: path });
	}
}
