-- A page of calendars, by name.
-- $1 session, $2 limit, $3 active or null, $4 and $5 the sort key and the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select c.*, lower(c.name) as key from calendars c
  where ($3::bool is null or c.active = $3::bool) and ($4::text is null or (lower(c.name), c.id) > ($4::text, $5::text::uuid))
  order by lower(c.name), c.id
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by key, id) as at from page
)
select case when me.role = 'requester' then '"forbidden"' else json_build_object(
  'next', (select json_build_array(key, id) from numbered where at = $2::int8 and exists (select from numbered where at > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by at) from numbered, lateral (
      select id, name, time_zone, hours, holidays, overrides, active, version, created_at, updated_at
    ) as item where at <= $2::int8), '[]'))::text end
from me
