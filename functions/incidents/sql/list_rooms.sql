-- A page of incidents for those who see what their teams alone see, and of all that the caller's teams work on. Put together as list.sql is, with
-- the same parameters, and a third part for the rooms of the caller's teams; each team's list has its index, so `mine` is those of each team.
with me as (
  select id, role, rooms, case when role = 'requester' then '"role"' end as refusal from calling($1::text::uuid)
), page as (
  select array(
    select t.id from (
      (select t.* from (
         select null::uuid as id where $13::bool is null
         union all
         select team_id from team_members where $13::bool and user_id = asking($1::text::uuid)
       ) as team cross join lateral (
         select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
         where t.kind = 'incident' and t.restricted_to is null
           and ($13::bool is null or t.assignment_group = team.id)
           and ($15::text is null or case when t.restricted_to is null then t.category end = $15::text)
--: filters
--: after
--: order
         limit $29::int8 + 1
       ) as t)
      union all
      (select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from restricted_to_party(asking($1::text::uuid)) as t
       where t.kind = 'incident' and t.restricted_to <> all ((select rooms from me)::uuid[])
--: filters
--: after
--: order
       limit $29::int8 + 1)
      union all
      (select t.* from (
--: rooms
       ) as room(room) cross join lateral (
         select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
         where t.kind = 'incident' and t.restricted_to = room
--: filters
--: after
--: order
         limit $29::int8 + 1
       ) as t)
    ) as t
--: order
    limit $29::int8 + 1
  ) as ids
--: page
