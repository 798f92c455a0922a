-- A page of the caller's inbox, the newest first, without what they may not see any more.
-- $1 session, $2 limit, $3 only unread (true) or read (false), or null, $4 the id after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
page as (
  select n.id, n.kind, n.relation, n.ticket_id, t.number, t.short_description, t.state, e.actor_id,
         left(coalesce(e.changes -> 'comment' ->> 1, e.changes -> 'text' ->> 1), 500) as comment, n.created_at, n.read_at
  from notifications n
  join tickets t on t.id = n.ticket_id
  join events e on e.epoch = n.event_epoch and e.xact = n.event_xact and e.seq = n.event_seq
  where n.user_id = (select id from me)
    and ($3::bool is null or (n.read_at is null) = $3::bool)
    and ($4::text is null or n.id < $4::text::uuid)
    and (n.visibility = 'public' or (select role from me) <> 'requester')
    and sees(n.user_id, (select role from me), t.id, t.caller_id, t.restricted_to)
  order by n.id desc
  limit $2::int8 + 1
), numbered as (
  select page.*, a.name as actor, row_number() over (order by page.id desc) as position from page left join users a on a.id = page.actor_id
)
select json_build_object(
  'next', (select json_build_array(id::text) from numbered where position = $2::int8 and exists (select from numbered where position > $2::int8)),
  'items', coalesce((
    select json_agg(row_to_json(item) order by position) from numbered, lateral (
      select numbered.id, kind, relation, ticket_id, number, short_description, state, actor_id, actor, comment, created_at, read_at
    ) as item where position <= $2::int8), '[]')
)::text
from me
