-- The newest incidents, for anybody, and where the page ends.
-- $1 limit
with page as (
  select id, number, short_description, description, state, hold_reason, impact, urgency, priority, category,
         subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to, major, parent_id,
         merged_into, restricted_to, opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at, close_code, close_notes, reassignment_count, reopen_count,
         version, custom, created_at, updated_at
  from tickets where kind = 'incident' order by opened_at desc, id desc limit $1::int8
)
select json_build_object('items', (select json_agg(row_to_json(page)) from page),
                         'next', (select json_build_array(opened_at, id) from page order by opened_at, id limit 1))::text
