-- What a change of a calendar is decided by, for managers and administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role not in ('manager', 'admin') then '"forbidden"' else (
  select json_build_object('version', body.version, 'calendar', row_to_json(body), 'fields', row_to_json(item))::text
  from calendars c, lateral (
    select c.id, c.name, c.time_zone, c.hours, c.holidays, c.overrides, c.active, c.version, c.created_at, c.updated_at
  ) as body, lateral (
    select c.name, c.time_zone, c.hours, c.holidays, c.overrides, c.active
  ) as item
  where c.id = $2::text::uuid
) end
from me
