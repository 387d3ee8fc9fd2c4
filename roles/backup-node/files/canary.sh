#!/bin/sh
# backup-canary PORT: a row with the time, by which a drill sees to which moment a copy of this cluster leads. A year of them.
set -u
psql -XAtq --set ON_ERROR_STOP=1 --port "$1" --dbname postgres <<'SQL'
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS g2pbook_backup;
CREATE TABLE IF NOT EXISTS g2pbook_backup.canary (at timestamptz PRIMARY KEY DEFAULT clock_timestamp());
INSERT INTO g2pbook_backup.canary DEFAULT VALUES;
DELETE FROM g2pbook_backup.canary WHERE at < now() - interval '1 year';
SQL
