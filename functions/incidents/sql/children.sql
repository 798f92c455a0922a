-- The parts of an incident, oldest first, of those that the caller sees.
-- $1 session, $2 id or number, $3 limit, $4 the child after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(child.id)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  ) as ticket left join lateral (
    select t.*, row_number() over (order by t.id) as position, lead(true, 1, false) over (order by t.id) as more
    from (
      select t.* from tickets t
      where t.parent_id = ticket.id and ($4::text is null or t.id > $4::text::uuid)
        and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
      order by t.id
      limit $3::int8 + 1
    ) as t
  ) as child on true left join lateral (
    select child.id, child.number, child.short_description, child.state, child.priority, child.assignment_group, child.assigned_to,
           child.opened_at, child.version
  ) as item on true
  group by ticket.id
)
from me
