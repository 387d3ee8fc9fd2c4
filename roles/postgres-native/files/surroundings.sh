#!/bin/sh
# What else there is that decides who gets in, as JSON: `open`, databases that everybody may connect to or make temporary
# tables in; `mighty`, roles that can do more than they should, and that are not in the list: words are the port and its
# names. Only looks.
port=$1
shift
names=$(for name; do printf '%s' "$name" | sed "s/'/''/g; s/^/'/; s/\$/', /"; done)

answer=$(runuser -u postgres -- psql -XAtq --port "$port" --dbname postgres 2>/dev/null <<SQL
SET search_path = pg_catalog;
WITH dangerous AS (
	SELECT oid, rolname FROM pg_roles WHERE rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
	UNION ALL SELECT oid, rolname FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls
), reasons AS (
	SELECT rolname, concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
		CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
		(SELECT 'member of ' || string_agg(d.rolname, ', ' ORDER BY d.rolname) FROM dangerous d
			WHERE d.oid <> r.oid AND NOT r.rolsuper AND pg_has_role(r.oid, d.oid, 'MEMBER'))) AS why
	FROM pg_roles r WHERE rolname !~ '^pg_' AND rolname NOT IN (${names}'postgres')
)
SELECT json_build_object(
	'open', coalesce((SELECT json_agg(datname ORDER BY datname) FROM pg_database
		WHERE datname <> 'template0' AND EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))
			WHERE grantee = 0 AND privilege_type IN ('CONNECT', 'TEMPORARY'))), '[]'),
	'mighty', coalesce((SELECT json_agg(rolname || ' (' || why || ')' ORDER BY rolname) FROM reasons WHERE why <> ''), '[]'));
SQL
)
printf '%s\n' "${answer:-{\"open\": [], \"mighty\": []\}}"
