-- Whether the database is migrated, and the role has the settings that `itsm migrate` gives it. $1: whether Redis answers; $2: how rate limits are counted.
select json_build_object(
  'status', case when current_setting('TimeZone') = 'UTC' and $1::text <> 'fail' then 'pass' else 'warn' end,
  'migration', (select max(version) from _sqlx_migrations where success),
  'time_zone', current_setting('TimeZone'),
  'redis', $1::text,
  'rate_limits', $2::text)::text
