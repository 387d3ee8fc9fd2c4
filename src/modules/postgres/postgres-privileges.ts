import { identifier, literal } from './sql.ts';

/** What a role may do with what, in one database. */
export type GrantRequest = {
	readonly role: string;
	readonly database: string;
	readonly schema?: string | undefined;
	readonly objects?: 'tables' | 'sequences' | undefined;
	readonly names?: readonly string[] | undefined;
	readonly made_later_by?: readonly string[] | undefined;
};

/** Words of privileges by what they are on, sorted. */
export type Privileges = Readonly<Record<string, readonly string[]>>;

/** The privileges that PostgreSQL has for each kind of thing. `maintain` came with version 17. */
export const privilegesOf = {
	database: ['connect', 'create', 'temporary'],
	schema: ['create', 'usage'],
	tables: ['delete', 'insert', 'maintain', 'references', 'select', 'trigger', 'truncate', 'update'],
	sequences: ['select', 'update', 'usage'],
} as const;

export const kindOf = ({ schema, objects }: Pick<GrantRequest, 'schema' | 'objects'>) =>
	objects ?? (schema === undefined ? 'database' : 'schema');

const singular = { tables: 'table', sequences: 'sequence' } as const;
const madeLater = (objects: string, creator: string) => `${objects} that ${creator} will make`;

/** What the request names, without privileges. What it takes as a whole is known to the server only. */
export function namedTargets({
	database,
	schema,
	objects,
	names = [],
	made_later_by = [],
}: GrantRequest): Privileges {
	const labels =
		objects === undefined
			? [schema === undefined ? `database ${database}` : `schema ${schema}`]
			: [
					...names.map((name) => `${singular[objects]} ${name}`),
					...made_later_by.map((creator) => madeLater(objects, creator)),
				];
	return Object.fromEntries(labels.map((label) => [label, []]));
}

/** The same in a database that has just been made: everybody may connect to it, and use its first schema. */
export function freshTargets(request: GrantRequest): Privileges {
	const { role, schema } = request;
	const given =
		role !== 'public'
			? []
			: kindOf(request) === 'database'
				? ['connect', 'temporary']
				: kindOf(request) === 'schema' && schema === 'public'
					? ['usage']
					: [];
	return Object.fromEntries(Object.keys(namedTargets(request)).map((label) => [label, given]));
}

/**
 * Selects what the role may do, as JSON by target; null for what it owns. What has no list of privileges of its own
 * has the one of its kind (acldefault).
 */
export function privilegesQuery(request: GrantRequest): string {
	const { role, made_later_by = [] } = request;
	const id = role === 'public' ? '0::oid' : `(SELECT oid FROM pg_roles WHERE rolname = ${literal(role)})`;
	const targets = [targetQuery(request), ...made_later_by.map((creator) => laterQuery(request, creator))];
	return `WITH wanted (id) AS (SELECT ${id}),
target (label, owner, acl) AS (
${targets.join('\nUNION ALL\n')})
SELECT coalesce(json_object_agg(label, CASE WHEN owner = id THEN NULL ELSE
	ARRAY(SELECT DISTINCT lower(privilege_type) FROM aclexplode(acl) WHERE grantee = id ORDER BY 1) END), '{}')
FROM target, wanted;
`;
}

function targetQuery({ database, schema, objects, names }: GrantRequest): string {
	if (schema === undefined) {
		return `	SELECT ${literal(`database ${database}`)}, datdba, coalesce(datacl, acldefault('d', datdba))
	FROM pg_database WHERE datname = current_database()`;
	}

	const inSchema = `FROM pg_namespace n WHERE nspname = ${literal(schema)}`;
	if (objects === undefined) {
		return `	SELECT ${literal(`schema ${schema}`)}, nspowner, coalesce(nspacl, acldefault('n', nspowner))
	${inSchema}`;
	}

	// Views and foreign tables are tables here, as they are for GRANT … ON ALL TABLES.
	const kinds = objects === 'tables' ? "'r', 'p', 'v', 'm', 'f'" : "'S'";
	const only = names === undefined ? '' : ` AND relname IN (${['NULL', ...names.map(literal)].join(', ')})`;
	return `	SELECT ${literal(`${singular[objects]} `)} || relname, relowner,
		coalesce(relacl, acldefault(${objects === 'tables' ? "'r'" : "'s'"}, relowner))
	FROM pg_class WHERE relkind IN (${kinds}) AND relnamespace = (SELECT oid ${inSchema})${only}`;
}

const laterQuery = ({ schema = '', objects = 'tables' }: GrantRequest, creator: string): string =>
	`	SELECT ${literal(madeLater(objects, creator))}, NULL, defaclacl
	FROM pg_default_acl JOIN pg_roles r ON r.oid = defaclrole JOIN pg_namespace n ON n.oid = defaclnamespace
	WHERE rolname = ${literal(creator)} AND nspname = ${literal(schema)} AND defaclobjtype = ${objects === 'tables' ? "'r'" : "'S'"}`;

/** The grants and revocations that lead from one to the other. */
export function privilegeStatements(
	request: GrantRequest,
	label: string,
	before: readonly string[],
	after: readonly string[],
): readonly string[] {
	const { role, made_later_by = [], objects = 'tables', schema = '' } = request;
	const grantee = role === 'public' ? 'PUBLIC' : identifier(role);
	const creator = made_later_by.find((name) => madeLater(objects, name) === label);
	const prefix =
		creator === undefined
			? ''
			: `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(creator)} IN SCHEMA ${identifier(schema)} `;
	const target = creator === undefined ? targetName(request, label) : objects.toUpperCase();
	const statement = (verb: string, words: readonly string[], to: string) =>
		words.length === 0
			? []
			: [
					`${prefix}${verb} ${words.map((word) => word.toUpperCase()).join(', ')} ON ${target} ${to} ${grantee}`,
				];
	return [
		...statement(
			'GRANT',
			after.filter((word) => !before.includes(word)),
			'TO',
		),
		...statement(
			'REVOKE',
			before.filter((word) => !after.includes(word)),
			'FROM',
		),
	];
}

function targetName({ database, schema, objects }: GrantRequest, label: string): string {
	if (schema === undefined) {
		return `DATABASE ${identifier(database)}`;
	}

	if (objects === undefined) {
		return `SCHEMA ${identifier(schema)}`;
	}

	const kind = singular[objects];
	return `${kind.toUpperCase()} ${identifier(schema)}.${identifier(label.slice(kind.length + 1))}`;
}
