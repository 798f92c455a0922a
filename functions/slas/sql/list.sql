-- A page of definitions, by position.
-- $1 session, $2 limit, $3 type or null, $4 metric or null, $5 active or null, $6 and $7 the position and the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select s.* from slas s
  where ($3::text is null or s.type = $3::text) and ($4::text is null or s.metric = $4::text) and ($5::bool is null or s.active = $5::bool)
    and ($6::text is null or (s.position, s.id) > ($6::text::int, $7::text::uuid))
  order by s.position, s.id
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by position, id) as at from page
)
select case when me.role = 'requester' then '"forbidden"' else json_build_object(
  'next', (select json_build_array(position::text, id) from numbered where at = $2::int8 and exists (select from numbered where at > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by at) from numbered, lateral (
      select id, name, type, metric, kind, conditions, goal, calendar_id, position, active, version, created_at, updated_at
    ) as item where at <= $2::int8), '[]'))::text end
from me
