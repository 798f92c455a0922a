-- What a change of a definition is decided by, for managers and administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role not in ('manager', 'admin') then '"forbidden"' else (
  select json_build_object('version', body.version, 'sla', row_to_json(body), 'fields', row_to_json(item))::text
  from slas s, lateral (
    select s.id, s.name, s.type, s.metric, s.kind, s.conditions, s.goal, s.calendar_id, s.position, s.active, s.version, s.created_at, s.updated_at
  ) as body, lateral (
    select s.name, s.type, s.metric, s.kind, s.conditions, s.goal, s.calendar_id, s.position, s.active
  ) as item
  where s.id = $2::text::uuid
) end
from me
