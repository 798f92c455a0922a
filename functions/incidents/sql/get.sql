-- One incident, by id or number, if the caller may see it.
-- $1 session, $2 id or number
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(body)::text from (
    select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency,
           t.priority, t.category, t.subcategory, t.channel, t.location, t.caller_id, t.opened_by,
           t.assignment_group, t.assigned_to, t.major,
           shown(me.id, me.role, t.parent_id) as parent_id, shown(me.id, me.role, t.merged_into) as merged_into, t.restricted_to, t.opened_at, nullif(t.due_at, 'infinity') as due_at, t.resolved_at, t.closed_at, t.close_code,
           t.close_notes, t.reassignment_count, t.reopen_count, t.version, t.custom, t.created_at,
           t.updated_at
    from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident'
      and (t.restricted_to is null and me.role <> 'requester'
      or t.caller_id = me.id
      or me.role = 'admin'
      or exists (select from watchers w where w.ticket_id = t.id and w.user_id = me.id)
      or t.restricted_to is not null and me.role <> 'requester'
         and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = me.id))
  ) as body
)
from me
