-- Merges an incident into another: its comments and watchers move, it is canceled with a link, each has its event. Nothing if the
-- version or the role is no longer the one read. Both are locked in the order of their ids, so that opposite merges at once do not
-- deadlock and the second is judged by what the first left. A JSON string says why it is refused.
-- $1 session, $2 id, $3 the version read, $4 the target's id or number, $5 the link's id, $6 now, $7 the role read,
-- $8 Idempotency-Key or null, $9 the route that the key is for, $10 hash of the request
with me as (select id, role from callers where session_id = $1::text::uuid and role = $7::text),
locked as (
  select t as row from tickets t, me
  where t.id in ($2::text::uuid, ticket_id($4::text)) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  order by t.id for no key update of t
), source as (
  select row from locked where (row).id = $2::text::uuid and (row).version = $3::int8
), target as (
  select row from locked where (row).id = ticket_id($4::text)
), refused as (
  select case
    when me.role not in ('agent', 'manager', 'admin') then 'forbidden'
    when target.row is null then 'target'
    when (target.row).id = (source.row).id then 'itself'
    when (source.row).state not in ('new', 'in_progress', 'on_hold') then 'source_over'
    when (target.row).merged_into is not null then 'target_merged'
    when (target.row).state in ('closed', 'canceled') then 'target_over'
    when (source.row).restricted_to is distinct from (target.row).restricted_to then 'restriction'
    when not acts_for(me.id, me.role, (source.row).restricted_to) then 'forbidden'
  end as rule
  from me cross join source left join target on true
), moved as (
  select move_conversation((source.row).id, (target.row).id) as done from source, target, refused
  where refused.rule is null
    and not exists (select from idempotency_keys k, me where k.user_id = me.id and k.route = $9::text || (source.row).id and k.key = $8::text)
), after as (
  select p.*, (target.row).id as into_id
  from source, target, moved, lateral jsonb_populate_record(source.row, jsonb_build_object(
    'state', 'canceled', 'hold_reason', null, 'due_at', 'infinity', 'closed_at', $6::text, 'merged_into', (target.row).id,
    'version', (source.row).version + 1, 'updated_at', $6::text)) as p
  where moved.done
), answer as (
  select row_to_json(body) as body from (
    select after.id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
           subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major,
           shown(me.id, me.role, parent_id) as parent_id, merged_into, restricted_to,
           opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
           version, custom, created_at, updated_at
    from after, me
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $9::text || after.id, $8::text, $10::text, 200, answer.body::text from me, after, answer where $8::text is not null
  returning 1
), ticket as (
  update tickets t set state = p.state, hold_reason = p.hold_reason, closed_at = p.closed_at, merged_into = p.merged_into, due_at = p.due_at,
                       version = p.version, updated_at = p.updated_at
  from after p where t.id = p.id
  returning t.*
), clocks as (
  select end_slas(id, 'canceled', closed_at) from ticket
), link as (
  insert into links (id, from_id, to_id, kind, created_by, created_at)
  select $5::text::uuid, ticket.id, ticket.merged_into, 'duplicates', me.id, ticket.updated_at from ticket, me
  on conflict do nothing
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select ticket.updated_at, ticket.id, me.id, 'incident', 'merged', changes(to_jsonb(source.row), to_jsonb(ticket)), ticket.version
  from ticket, source, me
  union all
  select ticket.updated_at, ticket.merged_into, me.id, 'incident', 'merged', jsonb_build_object('merged_from', jsonb_build_array(null, ticket.id)), null
  from ticket, me
)
select case
  when not exists (select from source) then null
  when (select rule from refused) is not null then (select to_json(rule)::text from refused)
  when exists (select from clocks) then (select body from answer)::text
  when exists (select from moved where not done) then '"children"'
  else null end
from callers where session_id = $1::text::uuid
