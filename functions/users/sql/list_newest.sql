-- A page of users, the newest first. Requesters see themselves alone; who is on a restricted team, its members and administrators.
-- $1 session, $2 limit, $3 role or null, $4 active or null, $5 team or null, $6 what to search for or null,
-- $7 and $8 the sort key and the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select u.*, u.created_at as key from users u
  where ((select role from me) <> 'requester' or u.id = (select id from me))
    and ($3::text is null or u.role = $3::text)
    and ($4::bool is null or u.active = $4::bool)
    and ($5::text is null or exists (
      select from team_members m join teams t on t.id = m.team_id
      where m.team_id = $5::text::uuid and m.user_id = u.id
        and (not t.restricted or (select role from me) = 'admin'
             or exists (select from team_members own where own.team_id = t.id and own.user_id = (select id from me)))))
    and ($6::text is null
         or u.search like '%' || replace(replace(replace(lower($6::text), '\', '\\'), '%', '\%'), '_', '\_') || '%')
    and ($7::text is null or (u.created_at, u.id) < ($7::text::timestamptz, $8::text::uuid))
  order by u.created_at desc, u.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over () as position from page
)
select json_build_object(
  'next', (select json_build_array(key, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, email, name, role, active, erased_at, version, created_at, updated_at
    ) as item where position <= $2::int8), '[]'))::text
from me
