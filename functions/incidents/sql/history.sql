-- What happened to an incident, oldest first. Requesters do not see work notes; who does not see another ticket finds no trace of it.
-- $1 session, $2 id or number, $3 limit, $4 epoch, $5 xact and $6 seq after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object(
    'next', (array_agg(json_build_array(epoch::text, xact::text, event.seq::text)) filter (where position = $3::int8 and more))[1],
    'items', coalesce(json_agg(item order by position) filter (where position <= $3::int8), '[]')
  )::text
  from (
    select t.id from tickets t
    where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
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
    select changes_shown(me.id, me.role, event.changes) as changes
  ) as seen on true left join lateral (
    select coalesce(string_agg(case
             when field = 'comment' then became
             when event.verb = 'created' then label || ': ' || became
             else label || ': ' || coalesce(was, 'none') || ' → ' || coalesce(became, 'none') end, '; ' order by field), '') as summary,
           coalesce(jsonb_object_agg(change ->> 0, was_named) filter (where was_named is not null), '{}')
             || coalesce(jsonb_object_agg(change ->> 1, named) filter (where named is not null), '{}') as names
    from jsonb_each(seen.changes) as c(field, change), lateral (
      select replace(regexp_replace(field, '_id$', ''), '_', ' ') as label,
             name_of(me.id, me.role, field, change -> 0) as was_named, name_of(me.id, me.role, field, change -> 1) as named
    ) as resolved, lateral (
      select coalesce(was_named, left(change ->> 0, 120)) as was, coalesce(named, left(change ->> 1, 120)) as became
    ) as read
    where event.verb <> 'created' or field not in ('id', 'opened_at', 'created_at', 'updated_at', 'custom', 'reopen_count', 'reassignment_count')
  ) as told on true left join lateral (
    select event.seq, event.at, event.actor_id, (select name from users where id = event.actor_id) as actor,
           event.verb, event.visibility, told.summary, seen.changes, told.names, event.version
  ) as item on true
  group by ticket.id
)
from me
