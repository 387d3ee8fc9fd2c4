import type { RoleState } from './postgres-role-state.ts';
import { identifier } from './sql.ts';

/** `CREATE ROLE …` or `ALTER ROLE …` with the attributes that the state names. */
export function roleStatement(
	verb: 'CREATE' | 'ALTER',
	name: string,
	state: RoleState,
	password: string | undefined,
): string {
	const flag = (word: string, value: boolean | undefined) =>
		value === undefined ? [] : [value ? word : `NO${word}`];
	return [
		`${verb} ROLE`,
		identifier(name),
		...flag('LOGIN', state.login),
		...flag('SUPERUSER', state.superuser),
		...flag('CREATEDB', state.createdb),
		...flag('CREATEROLE', state.createrole),
		...flag('REPLICATION', state.replication),
		...flag('BYPASSRLS', state.bypassrls),
		...flag('INHERIT', state.inherit),
		...(state.connection_limit === undefined ? [] : [`CONNECTION LIMIT ${state.connection_limit}`]),
		...(password === undefined ? [] : [password]),
	].join(' ');
}

/** The grants and revocations that lead from one list of groups to another. */
export const membershipStatements = (
	name: string,
	before: readonly string[],
	after: readonly string[],
): readonly string[] => [
	...after
		.filter((group) => !before.includes(group))
		.map((group) => `GRANT ${identifier(group)} TO ${identifier(name)}`),
	...before
		.filter((group) => !after.includes(group))
		.map((group) => `REVOKE ${identifier(group)} FROM ${identifier(name)}`),
];
