-- What a public comment of somebody moves the clocks of a ticket by.
-- $1 the ticket, $2 who says it
select json_build_object(
  'version', t.version, 'own', t.caller_id = u.id, 'works', u.role in ('agent', 'manager', 'admin'), 'slas', sla_facts(t.id),
  'ticket', json_build_object(
    'state', t.state, 'hold_reason', t.hold_reason, 'impact', t.impact, 'urgency', t.urgency, 'priority', t.priority, 'category', t.category,
    'subcategory', t.subcategory, 'channel', t.channel, 'location', t.location, 'assignment_group', t.assignment_group, 'major', t.major,
    'opened_at', t.opened_at, 'resolved_at', t.resolved_at, 'updated_at', t.updated_at))::text
from tickets t, users u where t.id = $1::text::uuid and u.id = $2::text::uuid
