import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { loginArguments } from './postgres-arguments.ts';
import { psql, queryJson } from './psql.ts';
import { identifier, literal, script } from './sql.ts';

type DatabaseState = {
	readonly owner?: string | undefined;
	readonly encoding?: string | undefined;
	readonly locale?: string | undefined;
	readonly connection_limit?: number | undefined;
};

const row = z.object({
	owner: z.string(),
	encoding: z.string(),
	locale: z.string(),
	connection_limit: z.number(),
});

export default stateModule({
	name: 'postgres_database',
	summary: 'Ensure a PostgreSQL database exists as described, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Name of the database.'),
		owner: z.string().min(1).optional().describe('Role that owns it. Left alone when not given.'),
		encoding: z.string().min(1).optional().describe('Encoding, such as `UTF8`; cannot be changed later.'),
		locale: z
			.string()
			.min(1)
			.optional()
			.describe('Collation and character class, such as `C.UTF-8`; cannot be changed later.'),
		template: z
			.string()
			.min(1)
			.optional()
			.describe('What to copy when it is made. `template0` when encoding or locale are given.'),
		connection_limit: z
			.int()
			.min(-1)
			.optional()
			.describe('How many connections it takes; -1 for any number.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the database should exist.'),
		force: z
			.boolean()
			.default(false)
			.describe('With `state: absent`: end the connections of those who use it, instead of refusing.'),
		...loginArguments,
	}),
	examples: [
		'postgres_database: {name: app, owner: app, encoding: UTF8, locale: C.UTF-8}',
		'postgres_database: {name: legacy, state: absent}',
	],

	async current(args, host: Reader): Promise<DatabaseState | undefined> {
		const found = await queryJson(host, args, databaseQuery(args.name));
		if (found === undefined) {
			return undefined;
		}

		const { owner, encoding, locale, connection_limit } = row.parse(found);
		return {
			owner,
			encoding: same(encoding, args.encoding) ? args.encoding : encoding,
			locale: same(locale, args.locale) ? args.locale : locale,
			connection_limit,
		};
	},

	desired: ({ owner, encoding, locale, connection_limit, state }) =>
		state === 'present' ? { owner, encoding, locale, connection_limit } : undefined,

	create(args) {
		const { name, owner, encoding, locale, connection_limit } = args;
		const template = args.template ?? ((encoding ?? locale) ? 'template0' : undefined);
		const options = [
			owner === undefined ? '' : ` OWNER ${identifier(owner)}`,
			template === undefined ? '' : ` TEMPLATE ${identifier(template)}`,
			encoding === undefined ? '' : ` ENCODING ${literal(encoding)}`,
			locale === undefined ? '' : ` LC_COLLATE ${literal(locale)} LC_CTYPE ${literal(locale)}`,
			connection_limit === undefined ? '' : ` CONNECTION LIMIT ${connection_limit}`,
		];
		return [psql(args, script([`CREATE DATABASE ${identifier(name)}${options.join('')}`]))];
	},

	update(args, { before, after, keys }) {
		for (const key of ['encoding', 'locale'] as const) {
			if (keys.has(key)) {
				impossible(
					`the ${key} of database ${args.name} is ${before[key]} and cannot become ${after[key]}`,
					'dump it, make a new one and restore into that',
				);
			}
		}

		const database = `ALTER DATABASE ${identifier(args.name)}`;
		return [
			psql(
				args,
				script([
					...(keys.has('owner') ? [`${database} OWNER TO ${identifier(after.owner ?? '')}`] : []),
					...(keys.has('connection_limit') ? [`${database} CONNECTION LIMIT ${after.connection_limit}`] : []),
				]),
			),
		];
	},

	delete: (args) => [
		psql(args, script([`DROP DATABASE ${identifier(args.name)}${args.force ? ' WITH (FORCE)' : ''}`])),
	],
});

/** `UTF8` and `utf-8`, `C.UTF-8` and `C.utf8` are the same. */
const same = (a: string, b: string | undefined): boolean =>
	b !== undefined && a.toLowerCase().replace(/[-_]/g, '') === b.toLowerCase().replace(/[-_]/g, '');

const databaseQuery = (name: string): string => `SELECT json_build_object(
	'owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding), 'locale', datcollate,
	'connection_limit', datconnlimit)
FROM pg_database WHERE datname = ${literal(name)};
`;
