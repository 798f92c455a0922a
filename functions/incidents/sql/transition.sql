-- One step of an incident's life with its events, its comment and its jobs, or nothing if the version or the role is no longer the
-- one read. A resolved incident gets the job that closes it, due after the days that the settings say.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now, $6 the role read,
-- $7 Idempotency-Key or null, $8 the route that the key is for, $9 hash of the request, $10 a comment or null, $11 the comment's id,
-- $12 its clocks for write_slas
with me as (select id, role from callers where session_id = $1::text::uuid and role = $6::text),
before as (
  select t as row from tickets t, me
  where t.id = $2::text::uuid and t.version = $3::int8 and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to) for no key update of t
),
changed as (
  select p as row from before, lateral jsonb_populate_record(before.row, $4::text::jsonb
    || jsonb_build_object('version', (before.row).version + 1, 'updated_at', $5::text)) as p
), refused as (
  select refusal(me.id, me.role, before.row, changed.row) as rule from me, before, changed
), after as (
  select (changed.row).* from changed, refused where refused.rule is null
), answer as (
  select row_to_json(body) as body from (
    select after.id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
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
    state = p.state, hold_reason = p.hold_reason, assignment_group = p.assignment_group,
    assigned_to = p.assigned_to, resolved_at = p.resolved_at, closed_at = p.closed_at,
    close_code = p.close_code, close_notes = p.close_notes, reassignment_count = p.reassignment_count,
    reopen_count = p.reopen_count, due_at = p.due_at,
    version = p.version, updated_at = p.updated_at
  from after p
  where t.id = p.id and ($7::text is null or exists (select from key))
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
  select happened.* from ticket, before, me, lateral (
    values (ticket.updated_at, ticket.id, me.id, 'incident', ticket.state, changes(to_jsonb(before.row), to_jsonb(ticket)), ticket.version),
           (ticket.updated_at, ticket.id, me.id, 'incident', 'commented', jsonb_build_object('comment', jsonb_build_array(null, $10::text)), null)
  ) as happened(at, ticket_id, actor_id, subject, verb, changes, version)
  where happened.verb <> 'commented' or $10::text is not null
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select $11::text::uuid, ticket.id, me.id, 'public', $10::text, ticket.updated_at from ticket, me where $10::text is not null
), job as (
  select 'sweep' as queue, due.at, enqueue('sweep', 'close:' || ticket.id || ':' || ticket.version, '{}', due.at) as id
  from ticket, settings, lateral (select ticket.resolved_at + make_interval(days => auto_close_days) as at) as due
  where ticket.state = 'resolved' and not ticket.major
  union all
  select 'children', now(), child.job
  from ticket, me, lateral resolve_children(ticket.id, ticket.version, me.id) as child(job) where ticket.state = 'resolved'
), clocks as (
  select write_slas(ticket.id, (before.row).version, $12::text::jsonb) from ticket, before
)
select case
  when (select rule from refused) is not null then (select to_json(rule)::text from refused)
  when not exists (select from after) then null
  when not exists (select from clocks) then '"replay"'
  else json_build_object('body', (select body from answer),
                         'ring', (select json_agg(json_build_array(queue, id)) from job where at <= now()))::text end
from callers where session_id = $1::text::uuid
