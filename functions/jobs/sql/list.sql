-- A page of jobs, the newest first; for administrators, and for auditors without what may name things that they do not see.
-- $1 session, $2 limit, $3 state or null, $4 queue or null, $5 the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select j.* from jobs j
  where (select role from me) in ('admin', 'auditor')
    and ($3::text is null or j.state = $3::text)
    and ($4::text is null or j.queue = $4::text)
    and ($5::text is null or j.id < $5::text::int8)
  order by j.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by id desc) as position from page
)
select case when me.role not in ('admin', 'auditor') then '"forbidden"' else json_build_object(
  'next', (select json_build_array(id::text) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, queue, case when me.role = 'admin' then key end as key, case when me.role = 'admin' then payload end as payload,
             state, priority, attempt, max_attempts, run_at, started_at, locked_until, finished_at, last_error, created_at
    ) as item where position <= $2::int8), '[]')
)::text end
from me
