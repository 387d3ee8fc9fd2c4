import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { stateModule } from '../../module/state-module.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { loginArguments } from './postgres-arguments.ts';
import { psql, queryJson } from './psql.ts';
import { canonicalSetting, settingList } from './setting-value.ts';
import { identifier, literal, script } from './sql.ts';

type SettingState = {
	/** In the words of the argument when it means the same. */
	readonly value?: string | undefined;
	readonly pending_restart?: boolean | undefined;
};

const row = z.object({
	running: z.string().nullable(),
	type: z.string().nullable(),
	unit: z.string().nullable(),
	context: z.string().nullable(),
	boot: z.string().nullable(),
	file: z.string().nullable(),
	own: z.string().nullable(),
});

export default stateModule({
	name: 'postgres_setting',
	summary: 'Ensure a parameter of the PostgreSQL server has this value (ALTER SYSTEM), or is not set.',
	args: z
		.strictObject({
			name: z
				.string()
				.regex(/^[a-z_][\w.]*$/i, 'write a parameter such as max_connections')
				.transform((name) => name.toLowerCase())
				.describe('Name of the parameter.'),
			value: z
				.union([
					z.string(),
					z.number().transform(String),
					z.boolean().transform((value) => (value ? 'on' : 'off')),
					z.array(z.string()).transform((items) => items.join(', ')),
					z.instanceof(Secret),
				])
				.optional()
				.describe('Its value, in any unit that the server knows; a list for parameters that are lists.'),
			state: z
				.enum(['present', 'absent'])
				.default('present')
				.describe('`absent` takes back what ALTER SYSTEM has set.'),
			...loginArguments,
		})
		.refine(({ value, state }) => state === 'absent' || value !== undefined, {
			error: 'a parameter that should be present needs a `value`',
			path: ['value'],
		}),
	examples: [
		'postgres_setting: {name: shared_buffers, value: 4GB}',
		'postgres_setting: {name: shared_preload_libraries, value: [pg_stat_statements]}',
		'postgres_setting: {name: log_min_duration_statement, state: absent}',
	],
	returns: { pending_restart: 'Whether the server must be restarted before the value counts.' },

	async current(args, host: Reader): Promise<SettingState | undefined> {
		const found = await queryJson(host, args, settingQuery(args.name));
		if (found === undefined) {
			return undefined;
		}

		const { running, type, unit, context, boot, file, own } = row.parse(found);
		const canonical = (value: string) =>
			canonicalSetting({ name: args.name, type: type ?? 'string', unit }, value);
		if (args.state === 'absent' && own === null) {
			return undefined;
		}

		// What the files say counts: the running value follows them with a reload, or with a restart.
		const saved = file ?? boot ?? '';
		const pending = context === 'postmaster' && canonical(running ?? '') !== canonical(saved);
		const { value } = args;
		const fulfilled = value !== undefined && canonical(reveal(value)) === canonical(saved);
		return {
			value: fulfilled ? shown(value) : value instanceof Secret ? 'another one' : saved,
			pending_restart: pending,
		};
	},

	desired: ({ value, state }): SettingState | undefined =>
		state === 'present' && value !== undefined ? { value: shown(value) } : undefined,

	create: (args) => [psql(args, setStatement(args.name, args.value ?? ''))],
	update: (args) => [psql(args, setStatement(args.name, args.value ?? ''))],
	delete: (args) => [
		psql(args, script([`ALTER SYSTEM RESET ${quotedName(args.name)}`, 'SELECT pg_reload_conf() IS NULL'])),
	],

	result: (_args, state) => ({ pending_restart: state?.pending_restart ?? false }),
});

const shown = (value: string | Secret): string => (value instanceof Secret ? 'as given' : value);

function setStatement(name: string, value: string | Secret): string | Secret {
	const text = reveal(value);
	const items = settingList(name, text);
	const words = items === undefined || items.length === 0 ? literal(text) : items.map(literal).join(', ');
	const statements = script([
		`ALTER SYSTEM SET ${quotedName(name)} = ${words}`,
		'SELECT pg_reload_conf() IS NULL',
	]);
	return value instanceof Secret ? new Secret(statements) : statements;
}

const quotedName = (name: string): string => name.split('.').map(identifier).join('.');

const settingQuery = (name: string): string => `SELECT json_build_object(
	'running', s.setting, 'type', s.vartype, 'unit', s.unit, 'context', s.context, 'boot', s.boot_val,
	'file', (SELECT setting FROM pg_file_settings WHERE lower(name) = wanted ORDER BY seqno DESC LIMIT 1),
	'own', (SELECT setting FROM pg_file_settings WHERE lower(name) = wanted AND sourcefile ~ '/postgresql[.]auto[.]conf$' LIMIT 1))
FROM (VALUES (${literal(name)})) AS w (wanted) LEFT JOIN pg_settings s ON lower(s.name) = wanted;
`;
