-- A new incident, from anybody.
-- $1 the incident as JSON, $2 who raised it
with ticket as (
  insert into tickets (kind, id, number, short_description, description, state, impact, urgency, priority, category, subcategory, channel,
                       location, caller_id, opened_by, assignment_group, assigned_to, major, custom, opened_at, created_at, updated_at)
  select 'incident', id, ticket_number('INC', nextval('incident_number')), short_description, description, 'new', impact, urgency, 5,
         category, subcategory, channel, location, coalesce(caller_id, $2::text::uuid), $2::text::uuid, assignment_group, assigned_to,
         major, custom, now(), now(), now()
  from json_to_record($1::text::json) as asked(
    id uuid, short_description text, description text, impact smallint, urgency smallint, category text, subcategory text, channel text,
    location text, caller_id uuid, assignment_group uuid, assigned_to uuid, major boolean, custom jsonb)
  returning *
)
select row_to_json(body)::text from (
  select id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
         subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major, parent_id,
         merged_into, restricted_to, opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
         version, custom, created_at, updated_at
  from ticket
) as body
