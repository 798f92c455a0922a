-- How many incidents the filters find, counted to 10,000, for those who see more than their own; the same three parts as list.sql.
-- $1 session, $2 as in list.sql and not used here, $3 to $28: parts/filters.sql
with me as (
  select id, role, rooms from callers, restricted_rooms(id, role) as rooms
  where session_id = $1::text::uuid and coalesce($2::text, '') is not null
)
select case when me.role = 'requester' then '"role"' else least(10000, (
  select count(*) from (
    select from (
      select null::uuid as id where $13::bool is null
      union all
      select team_id from team_members where $13::bool and user_id = asking($1::text::uuid)
    ) as team cross join lateral (
      select t.* from tickets t
      where t.kind = 'incident' and t.restricted_to is null
        and ($13::bool is null or t.assignment_group = team.id)
        and ($15::text is null or case when t.restricted_to is null then t.category end = $15::text)
--: filters
      limit 10000
    ) as theirs
    limit 10000
  ) as everybodys
) + (
  select count(*) from restricted_to_party(asking($1::text::uuid)) as t
  where t.kind = 'incident' and t.restricted_to <> all (me.rooms)
--: filters
) + (
  select count(*) from (
--: rooms
  ) as room(room) cross join lateral (
    select from tickets t
    where t.kind = 'incident' and t.restricted_to = room
--: filters
    limit 10000
  ) as the_rooms
))::text end
from me
