-- Some incidents with all their new versions, and whomever and whatever they meet, or nothing. Silent: no job, and events that nobody is told of.
-- A new ticket whose number has appeared meanwhile, and one that has been changed since it was read, stay as they are.
-- $1 {people, teams, categories, subcategories, new: [ticket], continued: [ticket], before: {number: version}, events, slas: [{id, rows}]}
with batch as materialized (select $1::text::jsonb as j),
person as (
  insert into users (id, email, name, role, active)
  select p.id, p.email, p.name, p.role, false
  from batch, jsonb_to_recordset(j -> 'people') as p(id uuid, email text, name text, role text)
  on conflict do nothing
  returning 1
), team as (
  insert into teams (id, name)
  select t.id, t.name from batch, jsonb_to_recordset(j -> 'teams') as t(id uuid, name text)
  on conflict do nothing
  returning 1
), category as (
  insert into categories (name)
  select jsonb_array_elements_text(j -> 'categories') from batch
  on conflict do nothing
  returning 1
), subcategory as (
  insert into subcategories (category, name)
  select s.category, s.name from batch, jsonb_to_recordset(j -> 'subcategories') as s(category text, name text)
  on conflict do nothing
  returning 1
), ticket as (
  insert into tickets (kind, id, number, short_description, description, state, hold_reason, impact, urgency,
                       priority, category, subcategory, channel, location, caller_id, opened_by,
                       assignment_group, assigned_to, major, opened_at, due_at, resolved_at, closed_at, close_code,
                       close_notes, reassignment_count, reopen_count, version, custom, created_at, updated_at)
  select 'incident', id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
         subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major,
         opened_at, due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
         version, custom, created_at, updated_at
  from batch, jsonb_populate_recordset(null::tickets, j -> 'new')
  on conflict do nothing
  returning id, number
), continued as (
  update tickets t set
    state = p.state, hold_reason = p.hold_reason, impact = p.impact, urgency = p.urgency, priority = p.priority,
    category = p.category, subcategory = p.subcategory, channel = p.channel, location = p.location,
    caller_id = p.caller_id, opened_by = p.opened_by, assignment_group = p.assignment_group,
    assigned_to = p.assigned_to, opened_at = p.opened_at, due_at = p.due_at, resolved_at = p.resolved_at, closed_at = p.closed_at,
    close_code = p.close_code, reassignment_count = p.reassignment_count, reopen_count = p.reopen_count,
    version = p.version, custom = p.custom, updated_at = p.updated_at
  from batch, jsonb_populate_recordset(null::tickets, j -> 'continued') as p
  where t.id = p.id and t.version = (j -> 'before' ->> p.number)::int8
  returning t.id, t.number
), written as (
  select id, number from ticket union all select id, number from continued
), sla as (
  select replace_slas(written.id, s.rows) from written join batch on true, jsonb_to_recordset(j -> 'slas') as s(id uuid, rows jsonb)
  where s.id = written.id
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes, version, silent)
  select e.at, e.ticket_id, e.actor_id, 'incident', e.verb, e.changes, e.version, true
  from batch, rows from (jsonb_to_recordset(j -> 'events')
    as (at timestamptz, ticket_id uuid, actor_id uuid, verb text, changes jsonb, version bigint)) with ordinality
    as e(at, ticket_id, actor_id, verb, changes, version, position)
  where e.ticket_id in (select id from written)
  order by e.position
  returning 1
)
select json_build_object(
  'numbers', coalesce((select json_agg(number) from written), '[]'),
  'incidents', (select count(*) from ticket), 'slas', (select count(*) from sla), 'versions', (select count(*) from event),
  'people', (select count(*) from person), 'teams', (select count(*) from team),
  'categories', (select count(*) from category), 'subcategories', (select count(*) from subcategory))::text
