#!/bin/sh
# The functions by which roles make roles: `look` says whether they are as they should be (same, or different), `make`
# makes them so. Words: look or make, the port, and the roles that may call them.
#
# CREATEROLE is not given to anybody: up to PostgreSQL 15 such a role may grant itself all that is not the superuser's,
# programs and files of the host included, and change every password. The functions make roles that can do nothing but
# log in, and let their maker change and drop those, and no others.
set -u
what=$1 port=$2
shift 2

quoted() { printf '%s' "$1" | sed 's/"/""/g; s/^/"/; s/$/"/'; }
literal() { printf '%s' "$1" | sed "s/'/''/g; s/^/'/; s/\$/'/"; }
ask() { runuser -u postgres -- psql -XAtq --set ON_ERROR_STOP=1 --port "$port" --dbname postgres; }

definitions() {
	cat <<'SQL'
DROP SCHEMA IF EXISTS g2p CASCADE;
CREATE SCHEMA g2p AUTHORIZATION postgres;
DO $do$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'g2p_environments') THEN
		CREATE ROLE g2p_environments;
	END IF;
END $do$;
ALTER ROLE g2p_environments NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

CREATE FUNCTION g2p.create_role(name name, password text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET password_encryption = 'scram-sha-256'
SET log_min_error_statement = panic SET log_min_duration_statement = -1 SET log_statement = none AS $function$
BEGIN
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = create_role.name) THEN
		RAISE EXCEPTION 'role "%" exists already', name USING ERRCODE = 'duplicate_object';
	END IF;
	IF EXISTS (SELECT FROM pg_database WHERE datname = create_role.name AND NOT pg_has_role(session_user, datdba, 'MEMBER')) THEN
		RAISE EXCEPTION 'database "%" belongs to somebody else, and the role of that name is let into it', name
			USING ERRCODE = 'insufficient_privilege', HINT = 'Choose another name.';
	END IF;
	EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT %s IN ROLE g2p_environments ADMIN %I',
		name, CASE WHEN password IS NULL THEN 'NOLOGIN' ELSE format('LOGIN PASSWORD %L', password) END, session_user);
EXCEPTION WHEN OTHERS THEN
	-- Said anew: the first error carries the statement with the password into the log.
	RAISE EXCEPTION '%', SQLERRM USING ERRCODE = SQLSTATE;
END $function$;

CREATE FUNCTION g2p.must_have_made(name name) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
	IF NOT EXISTS (
		SELECT FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid JOIN pg_roles maker ON maker.oid = m.member
		WHERE r.rolname = must_have_made.name AND maker.rolname = session_user AND m.admin_option
			AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)
			AND EXISTS (SELECT FROM pg_auth_members e WHERE e.member = r.oid AND e.roleid = 'g2p_environments'::regrole)
	) THEN
		RAISE EXCEPTION 'role "%" was not made by % with g2p.create_role', name, session_user
			USING ERRCODE = 'insufficient_privilege';
	END IF;
END $function$;

CREATE FUNCTION g2p.set_password(name name, password text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET password_encryption = 'scram-sha-256'
SET log_min_error_statement = panic SET log_min_duration_statement = -1 SET log_statement = none AS $function$
BEGIN
	PERFORM g2p.must_have_made(name);
	EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', name, password);
EXCEPTION WHEN OTHERS THEN
	RAISE EXCEPTION '%', SQLERRM USING ERRCODE = SQLSTATE;
END $function$;

CREATE FUNCTION g2p.drop_role(name name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
	PERFORM g2p.must_have_made(name);
	EXECUTE format('DROP ROLE %I', name);
END $function$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA g2p FROM PUBLIC;
-- Who may call them connects to this database, and could leave functions for the superuser to stumble over. PostgreSQL 14
-- lets everybody.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
	for role; do
		echo "GRANT USAGE ON SCHEMA g2p TO $(quoted "$role");"
		for function in 'create_role(name, text)' 'set_password(name, text)' 'drop_role(name)'; do
			echo "GRANT EXECUTE ON FUNCTION g2p.$function TO $(quoted "$role");"
		done
	done
}

# What the server has of it, without the remark that says what it was made from.
fingerprint="SELECT encode(sha256(convert_to(string_agg(line, '|' ORDER BY line), 'UTF8')), 'hex') FROM (
	SELECT concat_ws(' ', 'function', oid::regprocedure, proowner::regrole, prosrc, prosecdef, proconfig, proacl, prorettype) FROM pg_proc
		WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'g2p')
	UNION ALL SELECT concat_ws(' ', 'schema', nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname = 'g2p'
	UNION ALL SELECT 'everybody makes things' FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
		WHERE nspname = 'public' AND grantee = 0 AND privilege_type = 'CREATE'
	UNION ALL SELECT concat_ws(' ', 'group', rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
			ARRAY(SELECT roleid::regrole FROM pg_auth_members WHERE member = r.oid))
		FROM pg_roles r WHERE rolname = 'g2p_environments'
) AS lines (line)"
wanted=$(definitions "$@" | sha256sum | cut -c 1-32)

case $what in
look)
	# No answer: PostgreSQL is not there yet.
	same=$(ask 2>/dev/null <<-SQL
		SET search_path = pg_catalog;
		SELECT obj_description((SELECT oid FROM pg_namespace WHERE nspname = 'g2p'), 'pg_namespace')
			= concat_ws(' ', 'Written by g2pbook, role postgres-native:', '$wanted', ($fingerprint));
	SQL
	)
	if [ "$same" = t ]; then echo same; else echo different; fi
	;;
make)
	{
		echo 'SET client_min_messages = warning; SET search_path = pg_catalog; BEGIN;'
		definitions "$@"
		echo "SELECT format('COMMENT ON SCHEMA g2p IS %L', concat_ws(' ', 'Written by g2pbook, role postgres-native:', '$wanted', ($fingerprint))) \\gexec"
		echo 'COMMIT;'
	} | ask
	;;
esac
