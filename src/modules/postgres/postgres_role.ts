import * as z from 'zod';
import { secretText } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { listOf } from '../lib/list-of.ts';
import { loginArguments } from './postgres-arguments.ts';
import { type RoleState, readRole } from './postgres-role-state.ts';
import { membershipStatements, roleStatement } from './postgres-role-statements.ts';
import { psql } from './psql.ts';
import { identifier, script, transaction } from './sql.ts';
import { withPassword } from './with-password.ts';

const attribute = (what: string) => z.boolean().optional().describe(`${what}. Left alone when not given.`);

export default stateModule({
	name: 'postgres_role',
	summary: 'Ensure a PostgreSQL role exists as described, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Name of the role.'),
		password: secretText()
			.optional()
			.describe(
				'Its password, or a SCRAM verifier. Compared with what the server stores, sent as a SCRAM-SHA-256 verifier only.',
			),
		login: z.boolean().default(true).describe('Whether it may log in.'),
		superuser: attribute('Whether it may do everything'),
		createdb: attribute('Whether it may make databases'),
		createrole: attribute('Whether it may make roles'),
		replication: attribute('Whether it may replicate'),
		bypassrls: attribute('Whether row level security does not hold for it'),
		inherit: attribute('Whether it has the rights of the roles that it is a member of'),
		connection_limit: z
			.int()
			.min(-1)
			.optional()
			.describe('How many connections it may have; -1 for any number.'),
		member_of: listOf(z.string().min(1))
			.optional()
			.describe('Exactly the roles that it is a member of. Left alone when not given.'),
		not_member_of: listOf(z.string().min(1))
			.optional()
			.describe(
				'Roles that it is not a member of, whatever else it is in: names, or `pg_*` for all that begin so.',
			),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the role should exist.'),
		...loginArguments,
	}),
	examples: [
		'postgres_role: {name: app, password: "swordfish", connection_limit: 50}',
		'postgres_role: {name: readers, login: false}',
		'postgres_role: {name: report, member_of: [readers, pg_monitor]}',
		'postgres_role: {name: maker, superuser: false, createrole: false, not_member_of: [pg_*]}',
		'postgres_role: {name: legacy, state: absent}',
	],

	current: readRole,

	desired: ({ member_of, not_member_of, password, state, ...args }): RoleState | undefined =>
		state === 'absent'
			? undefined
			: {
					login: args.login,
					superuser: args.superuser,
					createdb: args.createdb,
					createrole: args.createrole,
					replication: args.replication,
					bypassrls: args.bypassrls,
					inherit: args.inherit,
					connection_limit: args.connection_limit,
					member_of: member_of && [...new Set(member_of)].sort(),
					not_member_of: not_member_of && [],
					password: password && 'as given',
				},

	create: (args, { after }) => [
		psql(
			args,
			withPassword(args.password, (clause) =>
				transaction([
					roleStatement('CREATE', args.name, after, clause),
					...membershipStatements(args.name, [], after.member_of ?? []),
				]),
			),
		),
	],

	update(args, { before, after, keys }) {
		const changed: RoleState = Object.fromEntries(Object.entries(after).filter(([key]) => keys.has(key)));
		const attributes = [...keys].some((key) => key !== 'member_of' && key !== 'not_member_of');
		const memberships = keys.has('member_of')
			? membershipStatements(args.name, before.member_of ?? [], after.member_of ?? [])
			: membershipStatements(args.name, before.not_member_of ?? [], []);
		return [
			psql(
				args,
				withPassword(keys.has('password') ? args.password : undefined, (clause) =>
					transaction([
						...(attributes ? [roleStatement('ALTER', args.name, changed, clause)] : []),
						...memberships,
					]),
				),
			),
		];
	},

	delete: (args) => [psql(args, script([`DROP ROLE ${identifier(args.name)}`]))],
});
