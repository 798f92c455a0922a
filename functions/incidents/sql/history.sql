-- What happened to an incident, oldest first. Requesters do not see work notes.
-- $1 session, $2 id or number, $3 limit, $4 epoch, $5 xact and $6 seq after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(epoch::text, xact::text, event.seq::text)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident'
      and (t.restricted_to is null and me.role <> 'requester'
        or t.caller_id = me.id
        or me.role = 'admin'
        or exists (select from watchers w where w.ticket_id = t.id and w.user_id = me.id)
        or t.restricted_to is not null and me.role <> 'requester'
           and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = me.id))
  ) as ticket left join lateral (
    select e.*, row_number() over () as position, lead(true, 1, false) over () as more
    from (
      select e.* from events e
      where e.ticket_id = ticket.id and (e.visibility = 'public' or me.role <> 'requester')
        and ($4::text is null or (e.epoch, e.xact, e.seq) > ($4::text::int, $5::text::xid8, $6::text::int8))
      order by e.epoch, e.xact, e.seq
      limit $3::int8 + 1
    ) as e
  ) as event on true left join lateral (
    select event.seq, event.at, event.actor_id, (select name from users where id = event.actor_id) as actor,
           event.verb, event.visibility, event.changes, event.version
  ) as item on true
  group by ticket.id
)
from me
