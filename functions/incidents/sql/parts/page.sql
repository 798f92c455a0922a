-- The page as JSON. The statement before it ends with `page`: the rows in order, one more than asked for. What stands here is not parsed again:
-- `next` comes first so that Rust finds the items.
), numbered as (
  select page.*, row_number() over () as position from page
)
select coalesce(me.refusal, json_build_object(
  'next', (select json_build_array(case $32::text when 'opened_at' then opened_at::text when 'updated_at' then updated_at::text when 'number' then number
                                                when 'priority' then priority::text when 'due_at' then due_at::text else rank::text end, id)
           from numbered where position = $29::int8 and exists (select from numbered where position > $29::int8)),
  'items', coalesce((
    select json_agg(case when $2::text is null then row_to_json(body) else
--: expanded
      end order by position)
    from numbered, lateral (
      select id, number, short_description, description, state, hold_reason, impact, urgency, priority,
             category, subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to,
             major, shown(me.id, me.role, parent_id) as parent_id, shown(me.id, me.role, merged_into) as merged_into, restricted_to, opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at,
             close_code, close_notes, reassignment_count, reopen_count, version, custom, created_at, updated_at
    ) as body where position <= $29::int8), '[]')
)::text)
from me
