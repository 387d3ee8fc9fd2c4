import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { reveal, type Secret } from '../../shell/secret.ts';
import type { Login } from './postgres-arguments.ts';
import { queryJson } from './psql.ts';
import { isPasswordOf } from './scram.ts';
import { literal } from './sql.ts';

export type RoleState = {
	readonly login?: boolean | undefined;
	readonly superuser?: boolean | undefined;
	readonly createdb?: boolean | undefined;
	readonly createrole?: boolean | undefined;
	readonly replication?: boolean | undefined;
	readonly bypassrls?: boolean | undefined;
	readonly inherit?: boolean | undefined;
	readonly connection_limit?: number | undefined;
	/** Sorted. */
	readonly member_of?: readonly string[] | undefined;
	/** Those of the argument that it is a member of. */
	readonly not_member_of?: readonly string[] | undefined;
	/** `as given`, `another one`, or `none`. */
	readonly password?: string | undefined;
};

const row = z.object({
	login: z.boolean(),
	superuser: z.boolean(),
	createdb: z.boolean(),
	createrole: z.boolean(),
	replication: z.boolean(),
	bypassrls: z.boolean(),
	inherit: z.boolean(),
	connection_limit: z.number(),
	member_of: z.array(z.string()),
	iterations: z.coerce.number(),
	salt: z.string().nullable(),
	fingerprint: z.string().nullable(),
});

/** The role as the server knows it. Of a password only what is needed to compare it leaves the server. */
export async function readRole(
	args: Login & {
		readonly name: string;
		readonly state: string;
		readonly password?: string | Secret | undefined;
		readonly not_member_of?: readonly string[] | undefined;
	},
	host: Reader,
): Promise<RoleState | undefined> {
	const found = await queryJson(host, args, roleQuery(args.name));
	if (found === undefined) {
		return undefined;
	}

	const { iterations, salt, fingerprint, ...role } = row.parse(found);
	return {
		...role,
		member_of: [...role.member_of].sort(),
		not_member_of: role.member_of
			.filter((group) => (args.not_member_of ?? []).some((pattern) => isMeant(pattern, group)))
			.sort(),
		password: passwordWord({ iterations, salt, fingerprint }, args.password),
	};
}

const isMeant = (pattern: string, name: string): boolean =>
	pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function passwordWord(
	{
		iterations,
		salt,
		fingerprint,
	}: { readonly iterations: number; readonly salt: string | null; readonly fingerprint: string | null },
	given: string | Secret | undefined,
): string {
	if (fingerprint === null) {
		return 'none';
	}

	const stored = { iterations: iterations || 4096, salt: salt ?? '', fingerprint };
	return given !== undefined && isPasswordOf(stored, reveal(given)) ? 'as given' : 'another one';
}

const roleQuery = (name: string): string => `SELECT json_build_object(
	'login', rolcanlogin, 'superuser', rolsuper, 'createdb', rolcreatedb, 'createrole', rolcreaterole,
	'replication', rolreplication, 'bypassrls', rolbypassrls, 'inherit', rolinherit, 'connection_limit', rolconnlimit,
	'member_of', ARRAY(SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
	'iterations', substring(rolpassword from '^SCRAM-SHA-256[$]([0-9]+):'),
	'salt', substring(rolpassword from '^SCRAM-SHA-256[$][0-9]+:([^$]+)[$]'),
	'fingerprint', encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'))
FROM pg_authid r WHERE rolname = ${literal(name)};
`;
