-- One definition, for those who work.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role = 'requester' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, name, type, metric, kind, conditions, goal, calendar_id, position, active, version, created_at, updated_at
    from slas where id = $2::text::uuid
  ) as body
) end
from me
