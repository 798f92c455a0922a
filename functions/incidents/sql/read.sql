-- What a change of an incident is decided by: who asks, the incident, and what an Idempotency-Key was answered before.
-- $1 session, $2 id or number, $3 Idempotency-Key or null, $4 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(found)::text from (
    select me.role, t.caller_id = me.id as own, row_to_json(body) as incident,
           -- a reopened incident that is nobody's goes back to who resolved it, if they can still work on it
           case when t.state = 'resolved' and t.assignment_group is null and t.assigned_to is null then (
             select u.id from users u
             where u.id = (select e.actor_id from events e where e.ticket_id = t.id and e.verb = 'resolved'
                           order by e.epoch desc, e.xact desc, e.seq desc limit 1)
               and u.active and u.role in ('agent', 'manager', 'admin') and acts_for(u.id, u.role, t.restricted_to)) end as resolver,
           sla_facts(t.id) as slas,
           (select json_build_object('request', k.request, 'answer', answer_shown(me.id, me.role, k.answer::json)) from idempotency_keys k
            where k.user_id = me.id and k.route = $4::text || t.id and k.key = $3::text) as replay
    from tickets t, lateral (
      select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency,
             t.priority, t.category, t.subcategory, t.channel, t.location, t.caller_id, t.opened_by,
             t.assignment_group, t.assigned_to, t.major,
             shown(me.id, me.role, t.parent_id) as parent_id, shown(me.id, me.role, t.merged_into) as merged_into, t.restricted_to, t.opened_at, nullif(t.due_at, 'infinity') as due_at, t.resolved_at, t.closed_at, t.close_code,
             t.close_notes, t.reassignment_count, t.reopen_count, t.version, t.custom, t.created_at,
             t.updated_at
    ) as body
    where t.id = ticket_id($2::text) and t.kind = 'incident'
      and (t.restricted_to is null and me.role <> 'requester'
      or t.caller_id = me.id
      or me.role = 'admin'
      or exists (select from watchers w where w.ticket_id = t.id and w.user_id = me.id)
      or t.restricted_to is not null and me.role <> 'requester'
         and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = me.id))
  ) as found
)
from me
