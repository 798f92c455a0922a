-- A page of incidents for those who see more than their own. Three parts, each with its index: what is restricted to nobody; what the caller
-- called or watches of the rest; and, only if asked for ($33), what the caller's teams alone see. Whoever has such a team and did not ask is
-- told so with "rooms", because planning the third part would cost everybody else a third more. The lines with a colon are parts that
-- `list/statements.rs` puts in: the order and where to begin are one of its pairs, the others are in parts/.
-- $1 session, $2 what to expand or null, $3 to $28: parts/filters.sql, $29 limit, $30 and $31 the sort key and the id after which
-- to begin, or null, $32 the sort column, $33 whether to look into the rooms of the caller's teams
with me as (
  select id, role, rooms, case when role = 'requester' then '"role"' when not $33::bool and rooms <> '{}' then '"rooms"' end as refusal
  from callers, restricted_rooms(id, role) as rooms where session_id = $1::text::uuid
), everybodys as (
  select t.* from (
    select null::uuid as id where $13::bool is null
    union all
    select team_id from team_members where $13::bool and user_id = asking($1::text::uuid)
  ) as team cross join lateral (
    select t.* from tickets t
    where t.kind = 'incident' and t.restricted_to is null
      and ($13::bool is null or t.assignment_group = team.id)
      and ($15::text is null or case when t.restricted_to is null then t.category end = $15::text)
--: filters
--: after
--: order
    limit $29::int8 + 1
  ) as t
), the_partys as (
  select t.* from restricted_to_party(asking($1::text::uuid)) as t
  where t.kind = 'incident' and t.restricted_to <> all ((select rooms from me)::uuid[])
--: filters
--: after
--: order
  limit $29::int8 + 1
), the_rooms as (
  -- in an expression, so that it is not even planned where it is not asked for
  select t.* from unnest(case when $33::bool then array(
    select found.ticket from (
--: rooms
    ) as room(room) cross join lateral (
      select t as ticket from tickets t
      where t.kind = 'incident' and t.restricted_to = room
--: filters
--: after
--: order
      limit $29::int8 + 1
    ) as found
  ) end) as t
), hits as (
  select * from everybodys union all select * from the_partys union all select * from the_rooms
), page as (
  select t.*, null::float4 as rank from hits as t
--: order
  limit $29::int8 + 1
--: page
