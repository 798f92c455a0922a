-- One schedule, for administrators and auditors.
-- $1 session, $2 name
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role not in ('admin', 'auditor') then '"forbidden"' else (
  select row_to_json(body)::text from (
    select name, queue, cron, timezone, enabled, next_run_at, last_run_at from schedules where name = $2::text
  ) as body
) end
from me
