-- A page of teams, by name. That a restricted team is there is told to those who work, who may have to assign to it.
-- $1 session, $2 limit, $3 what to search for or null, $4 restricted or null, $5 active or null, $6 the caller's own or null,
-- $7 and $8 the sort key and the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select t.*, lower(t.name) as key from teams t
  where (not t.restricted or (select role from me) <> 'requester')
    and ($3::text is null
         or lower(t.name) like '%' || replace(replace(replace(lower($3::text), '\', '\\'), '%', '\%'), '_', '\_') || '%')
    and ($4::bool is null or t.restricted = $4::bool)
    and ($5::bool is null or t.active = $5::bool)
    and ($6::bool is null
         or $6::bool = exists (select from team_members m where m.team_id = t.id and m.user_id = (select id from me)))
    and ($7::text is null or (lower(t.name), t.id) > ($7::text, $8::text::uuid))
  order by lower(t.name), t.id
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over () as position from page
)
select json_build_object(
  'next', (select json_build_array(key, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, name, description, restricted, active, version, created_at, updated_at
    ) as item where position <= $2::int8), '[]'))::text
from me
