-- A page of a requester's own incidents and those watched; put together as list.sql is, with the same parameters.
with me as (
  select id, role, case when role <> 'requester' then '"role"' end as refusal from calling($1::text::uuid)
), page as (
  select array(
    select t.id from (
      (select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
       where t.kind = 'incident' and t.caller_id = asking($1::text::uuid)
--: filters
--: after
--: order
       limit $29::int8 + 1)
      union all
      (select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from watchers w join tickets t on t.id = w.ticket_id
       where t.kind = 'incident' and w.user_id = asking($1::text::uuid) and t.caller_id <> (select id from me)
--: filters
--: after
--: order
       limit $29::int8 + 1)
    ) as t
--: order
    limit $29::int8 + 1
  ) as ids
--: page
