-- One incident with its event, or nothing. The priority is the matrix's. A requester raises for themselves and assigns nobody.
-- A JSON string says which rule of `refusal` it would break.
-- $1 session, $2 the incident as JSON, $3 now, $4 Idempotency-Key or null, $5 hash of the request, $6 its clocks for write_slas
with me as (select id, role from callers where session_id = $1::text::uuid),
asked as (
  select * from jsonb_to_record($2::text::jsonb) as asked(
    id uuid, short_description text, description text, impact smallint, urgency smallint, category text, subcategory text, channel text,
    location text, caller_id uuid, assignment_group uuid, assigned_to uuid, major boolean, custom jsonb,
    parent_id uuid, restricted_to uuid, due_at timestamptz)
), permitted as (
  select me.id from me, asked
  where me.role in ('agent', 'manager', 'admin')
     or me.role = 'requester' and coalesce(asked.caller_id, me.id) = me.id
        and asked.assignment_group is null and asked.assigned_to is null and not asked.major
        and asked.parent_id is null and asked.restricted_to is null
), refused as (
  select refusal(me.id, me.role, null::tickets, jsonb_populate_record(null::tickets, $2::text::jsonb)) as rule from me, permitted
), draft as (
  select asked.id, ticket_number('INC', nextval('incident_number')) as number, short_description, description, 'new' as state,
         null as hold_reason, asked.impact, asked.urgency, priorities.priority, category, subcategory, channel, location,
         coalesce(caller_id, permitted.id) as caller_id, permitted.id as opened_by, assignment_group, assigned_to, major,
         parent_id, null::uuid as merged_into, restricted_to,
         $3::text::timestamptz as opened_at, coalesce(due_at, 'infinity') as due_at, null::timestamptz as resolved_at, null::timestamptz as closed_at,
         null as close_code, null as close_notes, 0 as reassignment_count, 0 as reopen_count, 1::bigint as version, custom,
         $3::text::timestamptz as created_at, $3::text::timestamptz as updated_at
  from asked, permitted, priorities, refused
  where refused.rule is null and priorities.impact = asked.impact and priorities.urgency = asked.urgency
), answer as (
  select row_to_json(body) as body from (
    select id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
           subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major,
           parent_id, merged_into, restricted_to,
           opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
           version, custom, created_at, updated_at
    from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select draft.opened_by, 'POST /v1/incidents', $4::text, $5::text, 201, answer.body::text from draft, answer where $4::text is not null
  on conflict do nothing
  returning 1
), ticket as (
  insert into tickets (kind, id, number, short_description, description, state, hold_reason, impact, urgency,
                       priority, category, subcategory, channel, location, caller_id, opened_by,
                       assignment_group, assigned_to, major, parent_id, restricted_to, opened_at, due_at, resolved_at, closed_at, close_code,
                       close_notes, reassignment_count, reopen_count, version, custom, created_at, updated_at)
  select 'incident', id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
           subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major, parent_id, restricted_to,
           opened_at, due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
           version, custom, created_at, updated_at
  from draft where $4::text is null or exists (select from key)
  returning id
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select draft.opened_at, draft.id, draft.opened_by, 'incident', 'created', changes('{}', jsonb_strip_nulls(answer.body::jsonb)), 1
  from draft, answer, ticket
), clocks as (
  select write_slas(id, 1, $6::text::jsonb) from ticket
)
select case
  when not exists (select from permitted) then '"forbidden"'
  when (select rule from refused) is not null and not exists (
    select from idempotency_keys k where k.user_id = me.id and k.route = 'POST /v1/incidents' and k.key = $4::text)
    then (select to_json(rule)::text from refused)
  when not exists (select from clocks) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from me
