import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { loginArguments } from './postgres-arguments.ts';
import { psql, queryJson } from './psql.ts';
import { identifier, literal, script, transaction } from './sql.ts';

type ExtensionState = { readonly version?: string | undefined; readonly schema?: string | undefined };

const row = z.object({ version: z.string(), schema: z.string(), newest: z.string().nullable() });

export default stateModule({
	name: 'postgres_extension',
	summary: 'Ensure a PostgreSQL database has an extension, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Name of the extension.'),
		database: z.string().min(1).describe('The database.'),
		version: z
			.string()
			.min(1)
			.optional()
			.describe('Its version, or `latest` for the newest on the host. Left alone when not given.'),
		schema: z.string().min(1).optional().describe('Schema of its objects. Left alone when not given.'),
		cascade: z
			.boolean()
			.default(false)
			.describe('Make what it needs along with it; with `state: absent` drop what needs it.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether it should be there.'),
		...loginArguments,
	}),
	examples: [
		'postgres_extension: {name: pg_trgm, database: app}',
		'postgres_extension: {name: postgis, database: app, version: latest, cascade: true}',
	],

	async current(args, host: Reader): Promise<ExtensionState | undefined> {
		const found = await queryJson(host, args, extensionQuery(args.name), args.database);
		if (found === undefined) {
			return undefined;
		}

		const { version, schema, newest } = row.parse(found);
		return { version: args.version === 'latest' && version === newest ? 'latest' : version, schema };
	},

	desired: ({ version, schema, state }) => (state === 'present' ? { version, schema } : undefined),

	create(args) {
		const { name, database, version, schema, cascade } = args;
		const options = [
			schema === undefined ? '' : ` SCHEMA ${identifier(schema)}`,
			version === undefined || version === 'latest' ? '' : ` VERSION ${literal(version)}`,
			cascade ? ' CASCADE' : '',
		];
		return [psql(args, script([`CREATE EXTENSION ${identifier(name)}${options.join('')}`]), database)];
	},

	update(args, { after, keys }) {
		const { version, schema } = after;
		const extension = `ALTER EXTENSION ${identifier(args.name)}`;
		const statements = [
			...(keys.has('version') && version !== undefined
				? [`${extension} UPDATE${version === 'latest' ? '' : ` TO ${literal(version)}`}`]
				: []),
			...(keys.has('schema') && schema !== undefined
				? [`${extension} SET SCHEMA ${identifier(schema)}`]
				: []),
		];
		return [psql(args, transaction(statements), args.database)];
	},

	delete: (args) => [
		psql(
			args,
			script([`DROP EXTENSION ${identifier(args.name)}${args.cascade ? ' CASCADE' : ''}`]),
			args.database,
		),
	],
});

const extensionQuery = (name: string): string => `SELECT json_build_object(
	'version', extversion, 'schema', (SELECT nspname FROM pg_namespace WHERE oid = extnamespace),
	'newest', (SELECT default_version FROM pg_available_extensions WHERE name = extname))
FROM pg_extension WHERE extname = ${literal(name)};
`;
