-- What an event's rules are decided by: the ticket as it is now, what the event changed, the rules that led to it, and those that react to it and
-- have not, in their order. Nothing if the claim is another's.
-- $1 job, $2 attempt, $3 epoch, $4 transaction, $5 sequence, $6 and $7 position and id of the rule after which to begin
select json_build_object(
  'ticket', row_to_json(body), 'changes', e.changes, 'chain', rule_chain(e.epoch, e.xact),
  'rules', coalesce((
    select json_agg(row_to_json(item) order by item.position, item.id) from (
      select r.id, r.version, r.position, r.conditions, r.actions from rules r
      where r.active and e.verb = any (r.events) and (r.position, r.id) > ($6::int8, $7::text::uuid)
        and not exists (select from rule_runs done where done.rule_id = r.id and done.occasion = concat_ws(':', 'event', e.epoch, e.xact, e.seq))
    ) as item), '[]'))::text
from held($1::int8, $2::int8), events e join tickets t on t.id = e.ticket_id, lateral (
  select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency, t.priority, t.category, t.subcategory,
         t.channel, t.location, t.caller_id, t.opened_by, t.assignment_group, t.assigned_to, t.major, t.parent_id, t.restricted_to, t.opened_at,
         nullif(t.due_at, 'infinity') as due_at, t.resolved_at, t.closed_at, t.close_code, t.close_notes, t.reassignment_count, t.reopen_count,
         t.version, t.custom, t.updated_at
) as body
where (e.epoch, e.xact, e.seq) = ($3::text::int, $4::text::xid8, $5::text::int8)
