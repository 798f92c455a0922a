  limit $2::int8 + 1
), numbered as (
  select page.*, row_number() over () as position from page
)
select case when (me.role = 'requester') <> me.own_only then '"role"' else json_build_object(
  'next', (select json_build_array(case $7::text when 'updated_at' then updated_at else opened_at end, id) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select id, number, short_description, description, state, hold_reason, impact, urgency, priority,
             category, subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to,
             major, opened_at, resolved_at, closed_at, close_code, close_notes, reassignment_count,
             reopen_count, version, custom, created_at, updated_at
    ) as item where position <= $2::int8), '[]')
)::text end
from me
