import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { listOf } from '../lib/list-of.ts';
import { loginArguments } from './postgres-arguments.ts';
import {
	freshTargets,
	kindOf,
	namedTargets,
	type Privileges,
	privilegeStatements,
	privilegesOf,
	privilegesQuery,
} from './postgres-privileges.ts';
import { psql, queryJson } from './psql.ts';
import { transaction } from './sql.ts';

// A word of the server becomes part of a statement: nothing but a word may.
const found = z.record(z.string(), z.array(z.string().regex(/^[a-z ]+$/)).nullable());

export default stateModule({
	name: 'postgres_grant',
	summary: 'Ensure a PostgreSQL role has exactly these privileges on a database, a schema, or what is in it.',
	args: z
		.strictObject({
			role: z.string().min(1).describe('The role; `public` for everybody.'),
			database: z.string().min(1).describe('The database, or the one that holds the schema.'),
			schema: z
				.string()
				.min(1)
				.optional()
				.describe('A schema. Without it, the privileges are those on the database itself.'),
			objects: z
				.enum(['tables', 'sequences'])
				.optional()
				.describe(
					'What in the schema: all its tables, views among them, or all its sequences. Without it, the privileges are ' +
						'those on the schema itself. Those on single columns are left alone.',
				),
			names: listOf(z.string().min(1)).optional().describe('With `objects`: only these. All when not given.'),
			made_later_by: listOf(z.string().min(1))
				.optional()
				.describe(
					'With `objects`: roles on whose later tables (or sequences) in this schema it has them too, from the moment ' +
						'they are made.',
				),
			privileges: listOf(z.string().min(1).toLowerCase()).describe(
				'Exactly these, and no others, such as `connect`, `usage` or `select`; `[]` for none. What the role owns is ' +
					'left alone: an owner may do everything.',
			),
			...loginArguments,
		})
		.refine(({ schema, objects }) => objects === undefined || schema !== undefined, {
			error: '`objects` are in a schema: name it',
			path: ['schema'],
		})
		.refine(
			({ objects, names, made_later_by }) => objects !== undefined || (names ?? made_later_by) === undefined,
			{ error: '`names` and `made_later_by` need `objects`', path: ['objects'] },
		)
		.superRefine((args, context) => {
			const kind = kindOf(args);
			const known: readonly string[] = privilegesOf[kind];
			for (const word of args.privileges.filter((one) => !known.includes(one))) {
				context.addIssue({
					code: 'custom',
					path: ['privileges'],
					message: `there is no privilege "${word}" on a ${kind.replace(/s$/, '')}: write some of ${known.join(', ')}`,
				});
			}
		}),
	examples: [
		'postgres_grant: {role: reporting, database: app, privileges: [connect]}',
		'postgres_grant: {role: reporting, database: app, schema: public, objects: tables, privileges: [select], made_later_by: [app]}',
		'postgres_grant: {role: public, database: app, privileges: []}',
	],

	async current(args, host: Reader): Promise<Privileges> {
		const fresh = freshTargets(args);
		// Silence must not be taken for a database in which all is well.
		const well = Object.values(fresh).every((words) => String(words) === String(wanted(args)));
		const answer = await queryJson(
			host,
			{ ...args, state: well ? 'absent' : 'present' },
			privilegesQuery(args),
			args.database,
		);
		if (answer === undefined) {
			return fresh;
		}

		const all = { ...namedTargets(args), ...found.parse(answer) };
		return Object.fromEntries(
			Object.entries(all).filter((entry): entry is [string, readonly string[]] => entry[1] !== null),
		);
	},

	desired: (args, _local, current): Privileges =>
		Object.fromEntries(Object.keys(current ?? {}).map((label) => [label, wanted(args)])),

	create: () => impossible('privileges are compared one by one'),
	update: (args, { before, after, keys }) => [
		psql(
			args,
			transaction(
				[...keys].flatMap((label) =>
					privilegeStatements(args, label, before[label] ?? [], after[label] ?? []),
				),
			),
			args.database,
		),
	],
	delete: () => impossible('privileges are compared one by one'),
});

const wanted = ({ privileges }: { readonly privileges: readonly string[] }): readonly string[] =>
	[...new Set(privileges)].sort();
