-- A page of schedules by name, for administrators and auditors.
-- $1 session, $2 limit, $3 the name after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select s.* from schedules s
  where (select role from me) in ('admin', 'auditor') and ($3::text is null or s.name > $3::text)
  order by s.name
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by name) as position from page
)
select case when me.role not in ('admin', 'auditor') then '"forbidden"' else json_build_object(
  'next', (select json_build_array(name) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select name, queue, cron, timezone, enabled, next_run_at, last_run_at
    ) as item where position <= $2::int8), '[]')
)::text end
from me
