-- The page as JSON. The statement before it ends within `page`: the ids in order, one more than asked for. What stands here is not parsed again:
-- `next` comes first so that Rust finds the items.
)
select coalesce(me.refusal, (
  select json_build_object(
    'next', case when count(*) > $29::int8 then
      (array_agg(json_build_array(case $32::text when 'opened_at' then t.opened_at::text when 'updated_at' then t.updated_at::text when 'number' then t.number
                                                 when 'priority' then t.priority::text when 'due_at' then t.due_at::text
                                                 else ts_rank(t.search, search_query($26::text))::text end, t.id)) filter (where t.ordinality = $29::int8))[1] end,
    'items', coalesce(json_agg(
--: item
      order by t.ordinality) filter (where t.ordinality <= $29::int8), '[]')
  )::text
  from page, tickets_in_order(page.ids) with ordinality as t, lateral (
    select id, number, short_description, description, state, hold_reason, impact, urgency, priority,
           category, subcategory, channel, location, caller_id, opened_by, assignment_group, assigned_to,
           major, shown(me.id, me.role, parent_id) as parent_id, shown(me.id, me.role, merged_into) as merged_into, restricted_to, opened_at, nullif(due_at, 'infinity') as due_at, resolved_at, closed_at,
           close_code, close_notes, reassignment_count, reopen_count, version, custom, created_at, updated_at
  ) as body
)) from me
where coalesce($2::text, '') is not null -- always: Spin's host must find a type for each parameter
