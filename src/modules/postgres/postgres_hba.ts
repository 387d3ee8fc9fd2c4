import * as z from 'zod';
import { stateModule } from '../../module/state-module.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { readText } from '../lib/lines.ts';
import { listOf } from '../lib/list-of.ts';
import { applyHba } from './apply-hba.ts';
import { editHba } from './hba-lines.ts';
import { loginArguments } from './postgres-arguments.ts';
import { queryJson } from './psql.ts';

type HbaState = {
	/** Text of the file. */
	readonly content: string;
	readonly path?: string | undefined;
	/** The server goes by this file as it is: has read it since it was changed, and understood it. */
	readonly in_force?: boolean | undefined;
};

const found = z.object({ hba_file: z.string(), in_force: z.boolean() });
const noLineBreak = /^[^\n"]+$/;

const rule = z
	.strictObject({
		type: z.enum(['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc']),
		database: listOf(z.string().regex(noLineBreak)).default(['all']),
		user: listOf(z.string().regex(noLineBreak)).default(['all']),
		address: z.string().regex(/^\S+$/).optional(),
		method: z.string().regex(/^[\w-]+$/),
		options: z
			.record(z.string().regex(/^\w+$/), z.union([z.string().regex(noLineBreak), z.number()]))
			.optional(),
		comment: z
			.string()
			.regex(/^[^\n]*$/)
			.optional(),
	})
	.refine(({ type, address }) => (type === 'local') === (address === undefined), {
		error: 'every type but `local` needs an `address`, and `local` has none',
		path: ['address'],
	});

export default stateModule({
	name: 'postgres_hba',
	summary: 'Ensure who may connect to PostgreSQL, from where and how (pg_hba.conf).',
	args: z.strictObject({
		rules: z
			.array(rule)
			.default([])
			.describe(
				'In order, the first that fits decides: `type`, `database` and `user` (lists; all when not given), `address`, ' +
					'`method`, `options`, `comment`.',
			),
		owner: z
			.string()
			.regex(/^[\w.-]+$/)
			.default('g2pbook')
			.describe('Name of the block that holds the rules. It stands at the top; other lines are left alone.'),
		exclusive: z
			.boolean()
			.default(false)
			.describe('Make the rules the whole file. They must let `login_user` in by its socket.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the block should be there.'),
		...loginArguments,
	}),
	examples: [
		'postgres_hba: {rules: [{type: hostssl, database: app, user: app, address: 192.0.2.0/24, method: scram-sha-256}]}',
		'postgres_hba: {owner: backup, rules: [{type: local, database: replication, user: backup, method: peer}]}',
		'postgres_hba: {owner: legacy, state: absent}',
	],

	async current(args, host): Promise<HbaState | undefined> {
		const answer = await queryJson(host, args, hbaQuery);
		if (answer === undefined) {
			return undefined;
		}

		const { hba_file: path, in_force } = found.parse(answer);
		return { content: await readText(path, host), path, in_force };
	},

	desired({ rules, owner, exclusive, state }, _local, current) {
		const wanted = state === 'present' ? rules : [];
		// A check before there is a server: a new one has no block of ours, and needs none without rules.
		return current === undefined && wanted.length === 0 && (state === 'absent' || !exclusive)
			? undefined
			: {
					content: editHba(current?.content ?? '', wanted, {
						owner,
						whole: exclusive && state === 'present',
					}),
					in_force: current === undefined ? undefined : true,
				};
	},

	// Without a server nobody knows where its file is: asking again makes it say what is wrong.
	create: (args) => applyHba(args, undefined),
	update: (args, { before, after }) => applyHba(args, { path: before.path ?? '', content: after.content }),
	delete: (args) => applyHba(args, undefined),
	detail: async (_args, change) => contentDetail('pg_hba.conf', change),
});

// A file that was changed and not read again says what will count one day, not what counts. One with an error is not
// taken at all: the rules before it go on.
const hbaQuery = `SELECT json_build_object('hba_file', current_setting('hba_file'), 'in_force',
	(pg_stat_file(current_setting('hba_file'))).change <= pg_conf_load_time()
	AND NOT EXISTS (SELECT FROM pg_hba_file_rules WHERE error IS NOT NULL));
`;
