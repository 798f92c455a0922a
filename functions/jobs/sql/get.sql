-- One job; for administrators, and for auditors without what may name things that they do not see.
-- $1 session, $2 the job
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role not in ('admin', 'auditor') then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, queue, case when me.role = 'admin' then key end as key, case when me.role = 'admin' then payload end as payload,
           state, priority, attempt, max_attempts, run_at, started_at, locked_until, finished_at, last_error, created_at
    from jobs where id = $2::int8
  ) as body
) end
from me
