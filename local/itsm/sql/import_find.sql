-- What the desk has already of some numbers, teams and people.
-- $1 {numbers: [...], teams: [name], people: [{id, email}]}
with asked as materialized (select $1::text::jsonb as j),
ticket as (
  select t.*, case when jsonb_typeof(t.custom #> '{servicenow,versions}') = 'number' then (t.custom #>> '{servicenow,versions}')::numeric end as versions
  from asked join tickets t on t.number in (select jsonb_array_elements_text(j -> 'numbers'))
), known as (
  select t.number, row_to_json(body) as ticket, coalesce((
           -- versions 1 to n, if each is there and came from a log
           select json_agg(json_build_array(e.at, e.changes #> '{custom,1,servicenow,sys_mod_count}') order by e.version)
           from events e where e.ticket_id = t.id and e.version <= t.versions
           having count(*) = t.versions and bool_and(jsonb_typeof(e.changes #> '{custom,1,servicenow,sys_mod_count}') = 'number')), '[]') as taken
  from ticket t, lateral (
    select t.id, t.number, t.short_description, t.description, t.state, t.hold_reason, t.impact, t.urgency,
           t.priority, t.category, t.subcategory, t.channel, t.location, t.caller_id, t.opened_by,
           t.assignment_group, t.assigned_to, t.major, t.opened_at, t.resolved_at, t.closed_at, t.close_code,
           t.close_notes, t.reassignment_count, t.reopen_count, t.version, t.custom, t.created_at,
           t.updated_at
  ) as body
), person as (
  -- the one that an import made, whatever its address is now; else whoever has the address
  select distinct on (p.email) p.email, u.id
  from asked, jsonb_to_recordset(j -> 'people') as p(id uuid, email text) join users u on u.id = p.id or u.email = p.email
  order by p.email, u.id = p.id desc
)
select json_build_object(
  'tickets', coalesce((select json_object_agg(number, json_build_object('ticket', ticket, 'taken', taken)) from known), '{}'),
  'teams', coalesce((select json_object_agg(name, id) from teams where name in (select jsonb_array_elements_text(j -> 'teams'))), '{}'),
  'people', coalesce((select json_object_agg(email, id) from person), '{}'))::text
from asked
