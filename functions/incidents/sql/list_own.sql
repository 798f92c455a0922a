-- A page of a requester's own incidents and those watched; put together as list.sql is, with the same parameters.
with me as (
  select id, role, case when role <> 'requester' then '"role"' end as refusal from callers where session_id = $1::text::uuid
), called as (
  select t.* from tickets t
  where t.kind = 'incident' and t.caller_id = asking($1::text::uuid)
--: filters
--: after
--: order
  limit $29::int8 + 1
), watched as (
  select t.* from watchers w join tickets t on t.id = w.ticket_id
  where t.kind = 'incident' and w.user_id = asking($1::text::uuid) and t.caller_id <> (select id from me)
--: filters
--: after
--: order
  limit $29::int8 + 1
), page as (
  select t.*, null::float4 as rank from (select * from called union all select * from watched) as t
--: order
  limit $29::int8 + 1
--: page
