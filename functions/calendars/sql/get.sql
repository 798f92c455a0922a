-- One calendar, for those who work.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role = 'requester' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, name, time_zone, hours, holidays, overrides, active, version, created_at, updated_at from calendars where id = $2::text::uuid
  ) as body
) end
from me
