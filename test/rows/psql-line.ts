/** The line by which the `postgres_*` modules run psql, as root or not. */
export function psqlLine(database = 'postgres', { user = 'postgres', options = '' } = {}): string {
	const psql = `psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 ${options}--username ${user} --dbname ${database}`;
	return `cd / && { if { test -O /; }; then runuser -u ${user} -- ${psql}; else ${psql}; fi; }`;
}
