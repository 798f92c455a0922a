-- Pauses or resumes a schedule with its event, or nothing where there is none.
-- $1 session, $2 name, $3 enabled, or null to leave it, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
before as (
  select s.* from schedules s where s.name = $2::text and (select role from me) = 'admin' for update
), schedule as (
  update schedules s set enabled = coalesce($3::bool, s.enabled) from before where s.name = before.name
  returning s.*
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $4::text::timestamptz, me.id, 'schedule', case when schedule.enabled then 'resumed' else 'paused' end, jsonb_build_object(
    'name', jsonb_build_array(null, schedule.name), 'enabled', jsonb_build_array(before.enabled, schedule.enabled))
  from me, before, schedule where before.enabled <> schedule.enabled
)
select case
  when me.role <> 'admin' then '"forbidden"'
  else (
    select row_to_json(body)::text from (
      select name, queue, cron, timezone, enabled, next_run_at, last_run_at from schedule
    ) as body) end
from me
