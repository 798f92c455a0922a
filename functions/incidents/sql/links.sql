-- What an incident is linked to, oldest first, each link as it reads from here. Links to what the caller does not see are left out.
-- $1 session, $2 id or number, $3 limit, $4 the link after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(link.id)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  ) as ticket left join lateral (
    select l.*, row_number() over (order by l.id) as position, lead(true, 1, false) over (order by l.id) as more
    from (
      select l.* from (
        select id, kind, to_id as other, created_by, created_at from links where from_id = ticket.id
        union all
        select id, inverse(kind), from_id, created_by, created_at from links where to_id = ticket.id
      ) as l
      where ($4::text is null or l.id > $4::text::uuid) and shown(me.id, me.role, l.other) is not null
      order by l.id
      limit $3::int8 + 1
    ) as l
  ) as link on true left join lateral (
    select link.id, link.kind, (
      select row_to_json(found) from (
        select t.id, t.number, t.short_description, t.state from tickets t where t.id = link.other) as found
    ) as ticket, link.created_by, link.created_at
  ) as item on true
  group by ticket.id
)
from me
