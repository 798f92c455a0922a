-- The feed after a position, oldest first, of what the caller may see. Only transactions below the snapshot's xmin are shown:
-- whatever is still to commit sorts after every position given out. The position moves over what the caller may not see, too.
-- $1 session, $2 limit, $3 epoch, $4 xact, $5 seq after which to begin
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select e.*, t.number
  from events e left join tickets t on t.id = e.ticket_id
  where (e.epoch, e.xact, e.seq) > ($3::text::int, $4::text::xid8, $5::text::int8)
    and (e.epoch, e.xact) < ((select epoch from feed_epoch), pg_snapshot_xmin(pg_current_snapshot()))
    and (e.visibility = 'public' or (select role from me) <> 'requester')
    and (t.id is null and (select role from me) in ('admin', 'manager', 'auditor')
         or t.restricted_to is null and t.id is not null and (select role from me) <> 'requester'
         or t.caller_id = (select id from me)
         or t.id is not null and (select role from me) = 'admin'
         or exists (select from watchers w where w.ticket_id = t.id and w.user_id = (select id from me))
         or t.restricted_to is not null and (select role from me) <> 'requester'
            and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = (select id from me)))
  order by e.epoch, e.xact, e.seq
  limit $2::int8
)
select json_build_object(
  'next', coalesce(
    (select json_build_array(epoch::text, xact::text, seq::text) from seen order by epoch desc, xact desc, seq desc limit 1),
    json_build_array($3::text, $4::text, $5::text)),
  'items', coalesce((
    select json_agg(row_to_json(item)) from (
      select seq, at, subject, ticket_id, number, actor_id, verb, visibility, changes, version from seen order by epoch, xact, seq
    ) as item), '[]'))::text
from me
