-- What was said of an incident, oldest first. Requesters do not see work notes.
-- $1 session, $2 id or number, $3 limit, $4 time and $5 id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(comment.created_at::text, comment.id)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  ) as ticket left join lateral (
    select c.*, row_number() over (order by c.created_at, c.id) as position, lead(true, 1, false) over (order by c.created_at, c.id) as more
    from (
      select c.* from comments c
      where c.ticket_id = ticket.id and (c.visibility = 'public' or me.role <> 'requester')
        and ($4::text is null or (c.created_at, c.id) > ($4::text::timestamptz, $5::text::uuid))
      order by c.created_at, c.id
      limit $3::int8 + 1
    ) as c
  ) as comment on true left join lateral (
    select comment.id, comment.ticket_id, comment.author_id, (select name from users where id = comment.author_id) as author,
           comment.visibility, comment.body, comment.created_at
  ) as item on true
  group by ticket.id
)
from me
