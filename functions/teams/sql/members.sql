-- A page of a team's members, by name, for those who work; of a restricted team for its members and administrators.
-- $1 session, $2 team, $3 limit, $4 and $5 the sort key and the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select u.*, lower(u.name) as key from team_members m join users u on u.id = m.user_id
  where m.team_id = $2::text::uuid and ($4::text is null or (lower(u.name), u.id) > ($4::text, $5::text::uuid))
  order by lower(u.name), u.id
  limit $3::int8 + 1
), numbered as (
  select page.*, row_number() over () as position from page
)
select (
  select json_build_object(
    'next', (select json_build_array(key, id) from numbered where position = $3::int8 and exists (select from numbered where position > $3::int8)),
    'items', coalesce((
      select json_agg(row_to_json(item) order by position) from numbered, lateral (
        select id, email, name, role, active
      ) as item where position <= $3::int8), '[]'))::text
  from teams t
  where t.id = $2::text::uuid and me.role <> 'requester'
    and (not t.restricted or me.role = 'admin' or exists (select from team_members m where m.team_id = t.id and m.user_id = me.id))
)
from me
