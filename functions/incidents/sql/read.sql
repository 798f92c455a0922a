-- What a change of an incident is decided by: who asks, the incident, and what an Idempotency-Key was answered before.
-- $1 session, $2 id or number, $3 Idempotency-Key or null, $4 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(found)::text from (
    select me.role, t.caller_id = me.id as own, row_to_json(body) as incident,
           (select json_build_object('request', k.request, 'answer', k.answer::json) from idempotency_keys k
            where k.user_id = me.id and k.route = $4::text || t.id and k.key = $3::text) as replay
    from tickets t, lateral (
      select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency,
             t.priority, t.category, t.subcategory, t.channel, t.location, t.caller_id, t.opened_by,
             t.assignment_group, t.assigned_to, t.major, t.opened_at, t.resolved_at, t.closed_at, t.close_code,
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
