-- Registers the schedules that the functions declare. Paused ones stay paused; one that is no longer declared goes.
-- $1 all of them as JSON: [{name, queue, cron, timezone, next_run_at}]
with declared as (
  select * from jsonb_to_recordset($1::text::jsonb) as d(name text, queue text, cron text, timezone text, next_run_at timestamptz)
), gone as (
  delete from schedules where name not in (select name from declared)
), kept as (
  insert into schedules (name, queue, cron, timezone, next_run_at)
  select name, queue, cron, timezone, next_run_at from declared
  on conflict (name) do update set
    queue = excluded.queue, cron = excluded.cron, timezone = excluded.timezone,
    next_run_at = case when (schedules.cron, schedules.timezone) = (excluded.cron, excluded.timezone)
                       then schedules.next_run_at else excluded.next_run_at end
  returning name
)
select count(*)::text from kept
