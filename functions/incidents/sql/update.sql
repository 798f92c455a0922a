-- Fields of one incident with the event that says what changed, or nothing if the version or the role is no longer the one read.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now, $6 the role read
with me as (select id from callers where session_id = $1::text::uuid and role = $6::text),
before as (select t as row from tickets t, me where t.id = $2::text::uuid and t.version = $3::int8),
ticket as (
  update tickets t set
    short_description = p.short_description, description = p.description, impact = p.impact,
    urgency = p.urgency, category = p.category, subcategory = p.subcategory, channel = p.channel,
    location = p.location, caller_id = p.caller_id, assignment_group = p.assignment_group,
    assigned_to = p.assigned_to, major = p.major, hold_reason = p.hold_reason,
    reassignment_count = p.reassignment_count, custom = p.custom,
    -- looked up only when its inputs change: an edited matrix does not reach back
    priority = case when (p.impact, p.urgency) = (t.impact, t.urgency) then t.priority
                    else (select x.priority from priorities x where x.impact = p.impact and x.urgency = p.urgency) end,
    version = t.version + 1, updated_at = $5::text::timestamptz
  from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
  where t.id = p.id and t.version = $3::int8
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select ticket.updated_at, ticket.id, me.id, 'incident', 'updated', changes(to_jsonb(before.row), to_jsonb(ticket)), ticket.version
  from ticket, before, me
)
select (
  select row_to_json(body)::text from (
    select id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
           subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major,
           opened_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
           version, custom, created_at, updated_at
    from ticket
  ) as body
)
from callers where session_id = $1::text::uuid
