-- An incident by id, for anybody.
-- $1 id
select row_to_json(body)::text from (
  select id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
         subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major, parent_id,
         merged_into, restricted_to, opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
         version, custom, created_at, updated_at
  from tickets where id = $1::text::uuid
) as body
