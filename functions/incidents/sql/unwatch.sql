-- Removes a watcher with the event, if there is one. Everybody removes themselves; others are removed by who may add them.
-- $1 session, $2 id or number, $3 the person, or null for the caller's own self, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select t.id, t.caller_id, t.restricted_to from tickets t, me
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), permitted as (
  select seen.id, coalesce($3::text::uuid, me.id) as user_id from seen, me
  where me.role <> 'auditor'
    and (coalesce($3::text::uuid, me.id) = me.id
         or case when seen.restricted_to is not null then acts_for(me.id, me.role, seen.restricted_to)
                 else me.role <> 'requester' or seen.caller_id = me.id end)
), watcher as (
  delete from watchers w using permitted where w.ticket_id = permitted.id and w.user_id = permitted.user_id
  returning w.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes)
  select $4::text::timestamptz, watcher.ticket_id, me.id, 'incident', 'unwatched',
         jsonb_build_object('watcher', jsonb_build_array(watcher.user_id, null))
  from watcher, me
)
select case
  when not exists (select from seen) then null
  when not exists (select from permitted) then '"forbidden"'
  else '{}' end
from me
