#!/bin/sh
# A new database: the roles of shared/sql/roles.sql with their passwords, and what the exporter and whoever looks for slow statements reads. Compose's Postgres
# runs it once, `make cluster` too; as the owner, over whatever PG* variables say. $ITSM_APP_PASSWORD and $ITSM_READER_PASSWORD are the passwords.
set -eu
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-itsm}" --dbname "${POSTGRES_DB:-itsm}" \
  --set app="$ITSM_APP_PASSWORD" --set reader="$ITSM_READER_PASSWORD" <<'SQL'
select format('create role %I login', name) from unnest(array['itsm_app', 'itsm_reader']) as name where not exists (select from pg_roles where rolname = name) \gexec
alter role itsm_app password :'app';
alter role itsm_reader password :'reader';
grant pg_monitor to itsm_reader;
create extension if not exists pg_stat_statements;
SQL
