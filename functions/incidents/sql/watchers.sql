-- Who watches an incident.
-- $1 session, $2 id or number, $3 limit, $4 the person after whom to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(watcher.user_id)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  ) as ticket left join lateral (
    select w.user_id, row_number() over (order by w.user_id) as position, lead(true, 1, false) over (order by w.user_id) as more
    from (
      select user_id from watchers where ticket_id = ticket.id and ($4::text is null or user_id > $4::text::uuid)
      order by user_id
      limit $3::int8 + 1
    ) as w
  ) as watcher on true left join lateral (
    select u.id, u.name from users u where u.id = watcher.user_id
  ) as item on true
  group by ticket.id
)
from me
