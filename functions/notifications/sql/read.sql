-- Marks a notification of the caller's own as read or unread, or nothing where there is none that they may see.
-- $1 session, $2 id, $3 read, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select n.id, t.number, t.short_description, t.state, e.actor_id, a.name as actor,
         left(coalesce(e.changes -> 'comment' ->> 1, e.changes -> 'text' ->> 1), 500) as comment
  from me join notifications n on n.user_id = me.id
  join tickets t on t.id = n.ticket_id
  join events e on e.epoch = n.event_epoch and e.xact = n.event_xact and e.seq = n.event_seq
  left join users a on a.id = e.actor_id
  where n.id = $2::text::uuid and (n.visibility = 'public' or me.role <> 'requester') and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), notification as (
  update notifications n set read_at = case when $3::bool then coalesce(n.read_at, $4::text::timestamptz) end
  from seen where n.id = seen.id
  returning n.*
)
select (
  select row_to_json(body)::text from (
    select notification.id, kind, relation, ticket_id, number, short_description, state, actor_id, actor, comment, created_at, read_at
    from notification, seen
  ) as body
)
from me
