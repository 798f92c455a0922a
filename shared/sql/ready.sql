-- Whether the database is migrated, and the role has the settings that `itsm migrate` gives it.
select json_build_object(
  'status', case when current_setting('TimeZone') = 'UTC' then 'pass' else 'warn' end,
  'migration', (select max(version) from _sqlx_migrations where success),
  'time_zone', current_setting('TimeZone'))::text
