-- Removes a link with an event on each of its ends, or nothing where there is none that the writer sees from here.
-- $1 session, $2 id or number, $3 the link, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select t.id from tickets t, me
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), asked as (
  select l.id from links l, seen, me
  where l.id = $3::text::uuid and seen.id in (l.from_id, l.to_id)
    and shown(me.id, me.role, l.from_id) is not null and shown(me.id, me.role, l.to_id) is not null
), link as (
  delete from links l using asked, me where l.id = asked.id and me.role in ('agent', 'manager', 'admin')
  returning l.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes)
  select $4::text::timestamptz, ends.ticket, me.id, 'incident', 'unlinked', jsonb_build_object(ends.kind, jsonb_build_array(ends.other, null))
  from link, me, lateral (values (from_id, kind, to_id), (to_id, inverse(kind), from_id)) as ends(ticket, kind, other)
)
select case
  when not exists (select from asked) then null
  when me.role not in ('agent', 'manager', 'admin') then '"forbidden"'
  when not exists (select from link) then null
  else '{}' end
from me
