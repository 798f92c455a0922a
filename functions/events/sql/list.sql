-- The feed after a position, oldest first, of what the caller may see; `list_page.sql` or `list_stream.sql` adds the answer. Only
-- transactions below the snapshot's xmin are shown: whatever is still to commit sorts after every position given out. No more than so
-- many events are looked at, and the position moves over those that are not shown, so that nobody looks at the same ones twice.
-- $1 session, $2 limit, $3 epoch, $4 xact, $5 seq after which to begin, $6 events to look at, at most,
-- $7 ticket (id or number), $8 verb, $9 subject, $10 actor, $11 and $12 `at` from and before; each of these or null
with me as (select id, role from callers where session_id = $1::text::uuid),
ahead as not materialized (
  select e.* from events e
  where (e.epoch, e.xact, e.seq) > ($3::text::int, $4::text::xid8, $5::text::int8)
    and (e.epoch, e.xact) < ((select epoch from feed_epoch), pg_snapshot_xmin(pg_current_snapshot()))
    -- one that the caller may not see is none, by its position too
    and ($7::text is null or e.ticket_id = (select shown(me.id, me.role, ticket_id($7::text)) from me)
           and (e.visibility = 'public' or (select role from me) <> 'requester'))
  order by e.epoch, e.xact, e.seq
  limit $6::int8
), seen as (
  select e.*, t.number
  from ahead e left join tickets t on t.id = e.ticket_id
  where ($8::text is null or e.verb = $8::text)
    and ($9::text is null or e.subject = $9::text)
    and ($10::text is null or e.actor_id = $10::text::uuid)
    and ($11::text is null or e.at >= $11::text::timestamptz)
    and ($12::text is null or e.at < $12::text::timestamptz)
    and (e.visibility = 'public' or (select role from me) <> 'requester')
    and (t.id is null and ((select role from me) in ('admin', 'manager', 'auditor') or (select role from me) = 'agent' and e.subject = 'settings')
           and (e.subject <> 'rule' or (select role from me) in ('admin', 'auditor'))
           -- who is on a restricted team, and what it does, is for its members and administrators
           and (e.team_id is null or (select role from me) = 'admin' or not (select restricted from teams where id = e.team_id)
                or exists (select from team_members m where m.team_id = e.team_id and m.user_id = (select id from me)))
         or t.restricted_to is null and t.id is not null and (select role from me) <> 'requester'
         or t.caller_id = (select id from me)
         or t.id is not null and (select role from me) = 'admin'
         or exists (select from watchers w where w.ticket_id = t.id and w.user_id = (select id from me))
         or t.restricted_to is not null and (select role from me) <> 'requester'
            and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = (select id from me)))
  order by e.epoch, e.xact, e.seq
  limit $2::int8
), reached as (
  -- a full page ends with its last event, any other with the last one looked at
  select coalesce(
    (select json_build_array(epoch::text, xact::text, seq::text) from seen order by epoch, xact, seq offset $2::int8 - 1 limit 1),
    (select json_build_array(epoch::text, xact::text, seq::text) from ahead order by epoch desc, xact desc, seq desc limit 1),
    json_build_array($3::text, $4::text, $5::text)) as position
)
