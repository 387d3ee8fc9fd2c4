// The only place where values become SQL.

/** A name of a role, database, schema …: whatever is in it, it is one name. */
export const identifier = (name: string): string => `"${withoutNul(name).replaceAll('"', '""')}"`;

/** A text. The form with E is needed for backslashes, whatever standard_conforming_strings says. */
export function literal(text: string): string {
	const quoted = withoutNul(text).replaceAll("'", "''");
	return quoted.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** All or nothing. Not for CREATE DATABASE, DROP DATABASE and ALTER SYSTEM, which refuse to be in one. */
export const transaction = (statements: readonly string[]): string =>
	statements.length > 1 ? script(['BEGIN', ...statements, 'COMMIT']) : script(statements);

/** One statement after the other; psql stops at the first error. */
export const script = (statements: readonly string[]): string =>
	statements.map((statement) => `${statement};\n`).join('');

function withoutNul(text: string): string {
	if (text.includes('\0')) {
		throw new TypeError('PostgreSQL knows no texts with a NUL character');
	}

	return text;
}
