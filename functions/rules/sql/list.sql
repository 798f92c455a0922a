-- A page of rules in their order, for administrators.
-- $1 session, $2 limit, $3 active or null, $4 and $5 position and id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select r.* from rules r
  where (select role from me) = 'admin' and r.deleted_at is null
    and ($3::bool is null or r.active = $3::bool)
    and ($4::text is null or (r.position, r.id) > ($4::text::int, $5::text::uuid))
  order by r.position, r.id
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over (order by page.position, page.id) as place from page
)
select case when me.role <> 'admin' then '"forbidden"' else json_build_object(
  'next', (select json_build_array("position"::text, id) from numbered where place = $2::int8 and exists (select from numbered where place > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by place) from numbered, lateral (
      select id, name, description, "position", active, events, case when after_minutes is not null then json_build_object('minutes', after_minutes, 'since', since) end as after,
             conditions, actions, version, created_at, updated_at
    ) as item where place <= $2::int8), '[]'))::text end
from me
