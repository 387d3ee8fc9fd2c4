import { reveal, Secret } from '../../shell/secret.ts';
import { isVerifier, scramVerifier } from './scram.ts';
import { literal } from './sql.ts';

/** SQL around a `PASSWORD …` clause, as a secret that the server does not write into its log. */
export function withPassword(
	password: string | Secret | undefined,
	statements: (clause: string | undefined) => string,
): string | Secret {
	if (password === undefined) {
		return statements(undefined);
	}

	const text = reveal(password);
	const clause = `PASSWORD ${literal(isVerifier(text) ? text : scramVerifier(text))}`;
	const silence =
		"SET log_statement = 'none';\nSET log_min_error_statement = 'panic';\nSET log_min_duration_statement = -1;\n";
	return new Secret(`${silence}${statements(clause)}`);
}
