import type { Step } from '../../module/contract.ts';
import { quote, sh } from '../../shell/command.ts';
import type { Login } from './postgres-arguments.ts';
import { psql } from './psql.ts';

/** Fails with the errors of the file on disk, which the server has not read yet; then lets it read. */
const readIt = `SET search_path = pg_catalog;
DO $$
DECLARE problems text;
BEGIN
	SELECT string_agg(format('line %s: %s', line_number, error), '; ') INTO problems
	FROM pg_hba_file_rules WHERE error IS NOT NULL;
	IF problems IS NOT NULL THEN
		RAISE EXCEPTION 'PostgreSQL does not understand the rules: %', problems;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_hba_file_rules) THEN
		RAISE EXCEPTION 'no rule would be left, and PostgreSQL does not start without one';
	END IF;
END $$;
SELECT pg_reload_conf() IS NULL;
`;

const dataFolder = "SELECT current_setting('data_directory');\n";
const lastRead = 'SELECT pg_conf_load_time();\n';

/**
 * The steps that put a pg_hba.conf in place and let the server read it. When the server does not understand it,
 * or no longer lets us in, the old file comes back and the step fails.
 */
export function applyHba(
	login: Login,
	file: { readonly path: string; readonly content: string } | undefined,
): readonly Step[] {
	if (file === undefined) {
		return [psql(login, dataFolder)];
	}

	const before = `${file.path}.before-g2pbook`;
	return [
		sh`cp -p ${file.path} ${before}`,
		{ kind: 'upload', path: file.path, content: file.content },
		// Also where the text is the same and only was not read: it counts as changed now, by the clock as it goes.
		sh`touch ${file.path}`,
		{ kind: 'script', text: replaceOrRestore(login, file.path, before) },
	];
}

// The folder of the data is asked for first: once the server refuses us, only a signal makes it read the old
// file again. A reload takes a moment, and on a busy host a longer one.
const replaceOrRestore = (login: Login, path: string, before: string): string => {
	const ask = (sql: string) => `${psql(login, sql).line} <<'SQL'\n${sql}SQL\n`;
	return `: let PostgreSQL read ${path}, or put the old one back
restore() {
	mv -f ${quote(before)} ${quote(path)}
	kill -HUP "$(head -n 1 "$data/postmaster.pid")"
	exit 1
}
data=$(${ask(dataFolder)}) || { mv -f ${quote(before)} ${quote(path)}; exit 1; }
last=$(${ask(lastRead)})
${ask(readIt).replace(" <<'SQL'\n", " <<'SQL' || restore\n")}
for pause in 0.1 0.2 0.5 1 2 5; do
	sleep $pause
	now=$(${ask(lastRead)}) || { echo 'with these rules PostgreSQL would not let us in again: the old ones are back' >&2; restore; }
	[ "$now" = "$last" ] || break
done
rm -f ${quote(before)}
`;
};
