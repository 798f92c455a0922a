-- What a dry run is judged by: the rule, the ticket as it is now, and its last event that the rule reacts to; for administrators.
-- $1 session, $2 the rule, $3 id or number of the ticket
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select json_build_object('conditions', r.conditions, 'actions', r.actions, 'event', e.seq, 'changes', e.changes, 'ticket', (
    select row_to_json(body) from (
      select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency, t.priority, t.category, t.subcategory,
         t.channel, t.location, t.caller_id, t.opened_by, t.assignment_group, t.assigned_to, t.major, t.parent_id, t.restricted_to, t.opened_at,
         nullif(t.due_at, 'infinity') as due_at, t.resolved_at, t.closed_at, t.close_code, t.close_notes, t.reassignment_count, t.reopen_count,
         t.version, t.custom, t.updated_at
      from tickets t where t.id = ticket_id($3::text) and t.kind = 'incident'
    ) as body))::text
  from rules r left join lateral (
    select e.seq, e.changes from events e where e.ticket_id = ticket_id($3::text) and e.verb = any (r.events)
    order by e.epoch desc, e.xact desc, e.seq desc limit 1
  ) as e on true
  where r.id = $2::text::uuid and r.deleted_at is null) end
from me
