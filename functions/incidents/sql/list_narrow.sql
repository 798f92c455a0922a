-- A page of incidents for those who see more than their own, where the filters find less than a walk along the order would pass: all that they
-- find is sorted. Put together as list.sql is, with the same parameters.
with me as (
  select id, role, rooms, case when role = 'requester' then '"role"' end as refusal
  from callers, restricted_rooms(id, role) as rooms where session_id = $1::text::uuid
), narrowed as materialized (
  select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
  where t.kind = 'incident' and (select role from me) <> 'requester'
    and (t.restricted_to is null or t.caller_id = (select id from me) or t.restricted_to = any ((select rooms from me)::uuid[])
         or exists (select from watchers w where w.ticket_id = t.id and w.user_id = (select id from me)))
--: filters
), hits as (
  select t.id from narrowed as t
  where true
--: after
--: order
  limit $29::int8 + 1
), page as (
  select t.*, null::float4 as rank from hits join tickets t using (id)
--: order
  limit $29::int8 + 1
--: page
