import { randomBytes } from 'node:crypto';
import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import type { Output } from '../../module/output.ts';
import type { SharedQuestion } from '../../module/shared-question.ts';
import { inFolder, when } from '../../shell/combine.ts';
import { type Command, option, sh, type Word } from '../../shell/command.ts';
import type { Secret } from '../../shell/secret.ts';
import type { Login } from './postgres-arguments.ts';
import { literal } from './sql.ts';

/**
 * `psql` on the host with this SQL on its standard input. Root becomes the account of the same name first, since
 * the server trusts that one over its socket; a task that runs as somebody else connects as it is.
 */
export function psql(login: Login, sql: string | Secret, database = 'postgres'): Command {
	const words: Word = [
		...['psql', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1'],
		option('--host', login.login_unix_socket),
		option('--port', login.login_port),
		...['--username', login.login_user, '--dbname', database],
	];
	const run = when(sh`test -O /`, sh`runuser -u ${login.login_user} -- ${words}`, sh`${words}`);
	return inFolder('/', run).withInput(sql);
}

/** 127: there is no psql. 1: there is no such account. Then there is no server of the distribution either. */
const withoutServer = new Set([1, 127]);

// Whoever owns a database can make an operator in it that fits better than the server's own. We ask as the superuser.
const ownNamesOnly = 'SET search_path = pg_catalog;\n';

/** Between two answers. Nobody can foresee it, so no answer has it in it. */
const boundary = `-${randomBytes(16).toString('hex')}-`;

/** One psql(1) for all queries, each of one statement. What stops it before the first of them stops it for all. */
const queries = (login: Login, database: string): SharedQuestion<Output> => ({
	name: `psql ${JSON.stringify([login.login_unix_socket, login.login_port, login.login_user, database])}`,
	command: (statements) =>
		psql(login, `${ownNamesOnly}${statements.join(`\n\\echo ${boundary}\n`)}\n`, database),
	answers(statements, output) {
		if (output.code !== 0) {
			const isOwn = statements.length === 1 || output.code !== statementFailed;
			return statements.map(() => (isOwn ? { value: output } : { askAlone: true }));
		}

		const parts = output.stdout.split(boundary);
		return statements.map((_, index) => ({ value: { ...output, stdout: parts[index] ?? '' } }));
	},
});

/** Of psql(1), with ON_ERROR_STOP. */
const statementFailed = 3;

/**
 * The JSON value that a query, which ends with a semicolon, selects; undefined when it selects none. undefined too when
 * there is no server yet, it does not answer, or lacks the database: what is asked for has to be made then, and making it
 * tells the rest.
 * @throws ReadFailed when the server is there and refuses, or when silence would be taken for `absent`.
 */
export async function queryJson(
	host: Reader,
	login: Login & { readonly state?: string | undefined },
	sql: string,
	database = 'postgres',
): Promise<unknown> {
	const output = await host.ask(queries(login, database), sql);
	if (output.code === 0) {
		const text = output.stdout.trim();
		return text === '' ? undefined : JSON.parse(text);
	}

	if (withoutServer.has(output.code) || (output.code === 2 && (await isMissing(host, login, database)))) {
		return undefined;
	}

	throw new ReadFailed(`PostgreSQL could not be asked: ${output.stderr.trim()}`, {
		hint: `is the server running, and may ${login.login_user} connect through its socket (pg_hba.conf: "local all ${login.login_user} peer")?`,
		result: { rc: output.code, stderr: output.stderr },
	});
}

/**
 * Not there (yet), in contrast to there and refusing: whether a server answers, and whether it has the database. That it
 * has not connected, psql says in the language of the place.
 */
async function isMissing(
	host: Reader,
	login: Login & { readonly state?: string | undefined },
	database: string,
): Promise<boolean> {
	const look = { ok: [0, 1, 2, 3, 127] };
	const place = [option('--host', login.login_unix_socket), option('--port', login.login_port)];
	const exists = `${ownNamesOnly}SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)});\n`;
	const [server, found] = await Promise.all([
		host.read(sh`pg_isready --quiet ${place}`, look),
		database === 'postgres' ? undefined : host.read(psql(login, exists), look),
	]);
	const isSilent = server.code === 2;
	return isSilent ? login.state !== 'absent' : found?.code === 0 && found.stdout.trim() === 'f';
}
