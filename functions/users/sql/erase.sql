-- Erases a person in place, with the event: name and address become a pseudonym, what logs them in and what they prefer goes, and so do
-- answers kept for them or about them. What they did stays, under the pseudonym. Erased already: the same answer, and nothing more.
-- Administrators are locked, in one order, before they are counted: see update.sql.
-- $1 session, $2 id, $3 now
with me as (select id, role from callers where session_id = $1::text::uuid),
locked as (
  select id, email, name, role, active, locale, time_zone, erased_at, version, created_at, updated_at from users
  where (id = $2::text::uuid or role = 'admin' and active) and (select role from me) = 'admin'
  order by id for no key update
), before as (
  select id, role, active, active and role = 'admin' and (
           select count(*) from locked other where other.role = 'admin' and other.active and other.id <> $2::text::uuid) = 0 as last
  from locked where id = $2::text::uuid
), person as (
  update users u set name = 'Erased person ' || right(u.id::text, 8), email = 'erased-' || u.id || '@erased.invalid', role = 'requester',
                     active = false, password_hash = null, locale = null, time_zone = null, erased_at = $3::text::timestamptz,
                     version = u.version + 1, updated_at = $3::text::timestamptz
  from before, me
  where u.id = before.id and u.erased_at is null and not before.last and u.id <> me.id
  returning u.*
), ended as (
  delete from sessions s using person where s.user_id = person.id
), unkeyed as (
  delete from api_keys k using person where k.user_id = person.id
), unreset as (
  delete from password_resets r using person where r.user_id = person.id
), forgotten as (
  delete from idempotency_keys k using person
  where k.user_id = person.id or k.route = 'POST /v1/users' and k.answer::json ->> 'id' = person.id::text
), untold as (
  delete from notifications n using person where n.user_id = person.id
), unsaid as (
  delete from notification_preferences p using person where p.user_id = person.id
), unmailed as (
  -- that it came stays, so that it does not come again
  update inbound_mails m set raw = '', sender = null, attachments = 0 from person where m.user_id = person.id
), removed as (
  select gone.team_id, person.id as user_id from person, lateral leave_teams(person.id) as gone(team_id)
), event as (
  insert into events (at, actor_id, user_id, team_id, subject, verb, changes, version)
  select person.updated_at, me.id, person.id, null::uuid, 'user', 'erased',
         changes(jsonb_build_object('role', before.role, 'active', before.active),
                 jsonb_build_object('role', person.role, 'active', person.active)) || '{"name": [], "email": []}',
         person.version
  from person, before, me
  union all
  select person.updated_at, me.id, removed.user_id, removed.team_id, 'team', 'member_removed', '{}', null from removed, person, me
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when me.id = $2::text::uuid then '"oneself"'
  when (select last from before) then '"last_admin"'
  else (
    select row_to_json(body)::text from (
      select id, email, name, role, active, locale, time_zone, erased_at, version, created_at, updated_at from person
      union all
      select id, email, name, role, active, locale, time_zone, erased_at, version, created_at, updated_at from locked
      where id = $2::text::uuid and erased_at is not null
    ) as body)
end
from me
