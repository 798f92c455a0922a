-- The same for a rule of time: nothing if the ticket has moved on since its time was reckoned, or if nothing but this rule has changed it since
-- the rule last did. The rules that led here are those of the run that made the change from which its time is reckoned: two that undo each other
-- end there, however long each of them waits.
-- $1 job, $2 attempt, $3 the rule, $4 the ticket, $5 when its time began, $6 the occasion
select json_build_object(
  'ticket', row_to_json(body), 'changes', json_build_object(),
  'chain', coalesce((
    select led.chain || led.rule_id from rule_runs led
    where led.ticket_id = t.id and led.outcome = 'done' and led.at = $5::text::timestamptz order by led.id desc limit 1), '{}'),
  'rules', json_build_array(json_build_object('id', r.id, 'version', r.version, 'position', r.position, 'conditions', r.conditions, 'actions', r.actions)))::text
from held($1::int8, $2::int8), rules r, tickets t, lateral (
  select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency, t.priority, t.category, t.subcategory,
         t.channel, t.location, t.caller_id, t.opened_by, t.assignment_group, t.assigned_to, t.major, t.parent_id, t.restricted_to, t.opened_at,
         nullif(t.due_at, 'infinity') as due_at, t.resolved_at, t.closed_at, t.close_code, t.close_notes, t.reassignment_count, t.reopen_count,
         t.version, t.custom, t.updated_at
) as body
where r.id = $3::text::uuid and r.active and t.id = $4::text::uuid
  and $5::text::timestamptz = case r.since
    when 'opened' then t.opened_at
    when 'updated' then t.updated_at
    when 'state' then (select max(e.at) from events e where e.ticket_id = t.id and e.changes ? 'state') end
  and not exists (select from rule_runs done where done.rule_id = r.id and done.occasion = $6::text)
  and not exists (select from rule_runs own where own.ticket_id = t.id and own.rule_id = r.id and own.left_version = t.version and r.since <> 'opened')
