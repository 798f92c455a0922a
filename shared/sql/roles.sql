-- The roles of the database and their settings, made by `itsm migrate` after each migration; safe to repeat.
-- owner (whoever runs this; DDL), itsm_app (the functions; DML), itsm_reader (exporters; select).
do $$
begin
  if not exists (select from pg_roles where rolname = 'itsm_app') then create role itsm_app login; end if;
  if not exists (select from pg_roles where rolname = 'itsm_reader') then create role itsm_reader login; end if;
end $$;

-- Settings belong to the role, not the connection: poolers and RDS Proxy refuse connection options.
alter role itsm_app set timezone = 'UTC';
alter role itsm_app set search_path = 'public';
alter role itsm_app set statement_timeout = '10s';
alter role itsm_app set idle_in_transaction_session_timeout = '10s';
-- Short statements, many at once: what compiles or spreads one of them takes from the others. Pages are in memory, nearly all of them: what a plan
-- costs is what it computes, and to intersect a bitmap of 500 with one of 50,000 is not worth the few hundred pages that it saves.
alter role itsm_app set jit = off;
alter role itsm_app set max_parallel_workers_per_gather = 0;
alter role itsm_app set random_page_cost = 0.25;
alter role itsm_app set seq_page_cost = 0.25;
alter role itsm_reader set timezone = 'UTC';
alter role itsm_reader set statement_timeout = '10s';
alter role itsm_reader set default_transaction_read_only = on;

grant usage on schema public to itsm_app, itsm_reader;
grant select, insert, update, delete on all tables in schema public to itsm_app;
revoke update, delete, truncate on events from itsm_app;
revoke insert, update, delete on _sqlx_migrations, feed_epoch from itsm_app;
grant usage on all sequences in schema public to itsm_app;
grant select on all tables in schema public to itsm_reader;
revoke select on sessions, idempotency_keys, password_resets, api_keys, login_attempts from itsm_reader;
revoke select on webhooks, webhook_deliveries from itsm_reader;
revoke select on notifications, mails, inbound_mails, inbound_signatures from itsm_reader;
revoke select on users from itsm_reader;
grant select (id, role, active, created_at) on users to itsm_reader;

-- Whoever runs this may also be the one that serves (one role for all, as on a developer's machine): the same settings, here alone.
do $$
declare setting text;
begin
  foreach setting in array array['timezone = ''UTC''', 'search_path = ''public'''] loop
    execute format('alter role %I in database %I set %s', current_user, current_database(), setting);
  end loop;
end $$;
