-- Adds a watcher with the event, if there was none. The ticket is locked, so that none slips in past a restriction.
-- $1 session, $2 id or number, $3 the person, or null for the caller's own self, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select t.id, t.caller_id, t.restricted_to from tickets t, me
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  for share of t
), permitted as (
  select seen.id, coalesce($3::text::uuid, me.id) as user_id from seen, me
  where me.role <> 'auditor'
    and case when seen.restricted_to is not null then acts_for(me.id, me.role, seen.restricted_to)
             else me.role <> 'requester' or seen.caller_id = me.id or coalesce($3::text::uuid, me.id) = me.id end
), person as (
  select u.id from permitted, users u where u.id = permitted.user_id and u.active
), watcher as (
  insert into watchers (ticket_id, user_id) select permitted.id, person.id from permitted, person
  on conflict do nothing
  returning *
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes)
  select $4::text::timestamptz, watcher.ticket_id, me.id, 'incident', 'watched',
         jsonb_build_object('watcher', jsonb_build_array(null, watcher.user_id))
  from watcher, me
)
select case
  when not exists (select from seen) then null
  when not exists (select from permitted) then '"forbidden"'
  when not exists (select from person) then '"person"'
  else '{}' end
from me
