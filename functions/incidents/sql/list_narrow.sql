-- A page of incidents for those who see more than their own, where the filters find less than a walk along the order would pass: all that they
-- find is sorted, by its keys alone. Put together as list.sql is, with the same parameters.
with me as (
  select id, role, rooms, case when role = 'requester' then '"role"' end as refusal from calling($1::text::uuid)
), page as (
  select array(
    select t.id from (
      select t.id, t.opened_at, t.updated_at, t.number, t.priority, t.due_at from tickets t
      where t.kind = 'incident' and (select role from me) <> 'requester'
        and (t.restricted_to is null or t.caller_id = (select id from me) or t.restricted_to = any ((select rooms from me)::uuid[])
             or exists (select from watchers w where w.ticket_id = t.id and w.user_id = (select id from me)))
--: filters
      offset 0  -- or the planner would walk
    ) as t
    where true
--: after
--: order
    limit $29::int8 + 1
  ) as ids
--: page
