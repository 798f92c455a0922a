-- Fields of one incident with the event that says what changed, or nothing if the version or the role is no longer the one read.
-- A restriction drops the watchers outside of its team. A JSON string says which rule of `refusal` it would break.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now, $6 the role read,
-- $7 Idempotency-Key or null, $8 the route that the key is for, $9 hash of the request, $10 its clocks for write_slas
with me as (select id, role from callers where session_id = $1::text::uuid and role = $6::text),
-- With its new parent, in the order of their ids: two that take each other at once do not deadlock.
locked as (
  select t.id from tickets t, me where t.id in ($2::text::uuid, ($4::text::jsonb ->> 'parent_id')::uuid)
  order by t.id for no key update of t
), before as (
  select t as row from tickets t, me where t.id = $2::text::uuid and t.version = $3::int8 and (select count(*) from locked) > 0
    and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), changed as (
  select p as row from before, lateral jsonb_populate_record(before.row, $4::text::jsonb
    || jsonb_build_object('version', (before.row).version + 1, 'updated_at', $5::text)) as p
), refused as (
  select refusal(me.id, me.role, before.row, changed.row) as rule from me, before, changed
), after as (
  select (changed.row).*,
         -- looked up only when its inputs change: an edited matrix does not reach back
         case when ((before.row).impact, (before.row).urgency) = ((changed.row).impact, (changed.row).urgency) then (before.row).priority
              else (select x.priority from priorities x where x.impact = (changed.row).impact and x.urgency = (changed.row).urgency) end as now_priority
  from before, changed, refused where refused.rule is null
), answer as (
  select row_to_json(body) as body from (
    select after.id, number, short_description, description, state, hold_reason, impact, urgency, now_priority as priority, category,
           subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major,
           shown(me.id, me.role, parent_id) as parent_id, shown(me.id, me.role, merged_into) as merged_into, restricted_to,
           opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
           version, custom, created_at, updated_at
    from after, me
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $8::text || after.id, $7::text, $9::text, 200, answer.body::text from me, after, answer where $7::text is not null
  on conflict do nothing
  returning 1
), ticket as (
  update tickets t set
    short_description = p.short_description, description = p.description, impact = p.impact,
    urgency = p.urgency, priority = p.now_priority, category = p.category, subcategory = p.subcategory, channel = p.channel,
    location = p.location, caller_id = p.caller_id, assignment_group = p.assignment_group,
    assigned_to = p.assigned_to, major = p.major, hold_reason = p.hold_reason,
    parent_id = p.parent_id, restricted_to = p.restricted_to, due_at = p.due_at,
    reassignment_count = p.reassignment_count, custom = p.custom, version = p.version, updated_at = p.updated_at
  from after p
  where t.id = p.id and t.version = $3::int8 and ($7::text is null or exists (select from key))
  returning t.*
), dropped as (
  select gone.user_id from ticket, before, lateral drop_outsiders(ticket.id, ticket.restricted_to, ticket.caller_id) as gone(user_id)
  where ticket.restricted_to is not null and ticket.restricted_to is distinct from (before.row).restricted_to
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select ticket.updated_at, ticket.id, me.id, 'incident', 'updated', changes(to_jsonb(before.row), to_jsonb(ticket)), ticket.version
  from ticket, before, me
  union all
  select ticket.updated_at, ticket.id, me.id, 'incident', 'unwatched', jsonb_build_object('watcher', jsonb_build_array(dropped.user_id, null)), null
  from ticket, dropped, me
), clocks as (
  select write_slas(ticket.id, (before.row).version, $10::text::jsonb) from ticket, before
)
select case
  when (select rule from refused) is not null then (select to_json(rule)::text from refused)
  when not exists (select from clocks) then null
  else (select body from answer)::text end
from callers where session_id = $1::text::uuid
