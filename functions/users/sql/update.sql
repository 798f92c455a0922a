-- Fields of one user with the event that says which changed, or nothing if the version or the role is no longer the one read.
-- Whoever is deactivated loses their sessions, API keys and open resets, whoever becomes a requester their teams. The last active administrator stays: all of
-- them are locked, in one order, before they are counted, so that two who leave at once do not both count on the other.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now, $6 the role read
with me as (select id, role from callers where session_id = $1::text::uuid and role = $6::text),
before as (
  select u as row from users u, me
  where u.id = $2::text::uuid and u.version = $3::int8 and u.erased_at is null and (me.role = 'admin' or u.id = me.id)
), after as (
  select p.* from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
), leaving as (
  select p.id from before, after p where (before.row).role = 'admin' and (before.row).active and not (p.role = 'admin' and p.active)
), admins as (
  select id from users where role = 'admin' and active and exists (select from leaving) order by id for no key update
), refused as (
  select '"last_admin"' as why from leaving where (select count(*) from admins where admins.id <> leaving.id) = 0
  union all
  select '"time_zone"' from before, after p
  where p.time_zone <> coalesce((before.row).time_zone, '') and not exists (
    select from pg_timezone_names z where z.name = p.time_zone and z.name !~ '^(posix/|right/|posixrules$|localtime$|Factory$)')
), person as (
  update users u set email = p.email, name = p.name, role = p.role, active = p.active, locale = p.locale, time_zone = p.time_zone,
                     version = u.version + 1, updated_at = $5::text::timestamptz
  from after p
  where u.id = p.id and u.version = $3::int8 and not exists (select from refused)
  returning u.*
), ended as (
  update sessions s set revoked_at = person.updated_at from person where s.user_id = person.id and not person.active and s.revoked_at is null
), unkeyed as (
  delete from api_keys k using person where k.user_id = person.id and not person.active
), unreset as (
  delete from password_resets r using person where r.user_id = person.id and not person.active and r.used_at is null
), removed as (
  select gone.team_id, person.id as user_id from person, lateral leave_teams(person.id) as gone(team_id) where person.role = 'requester'
), event as (
  insert into events (at, actor_id, user_id, team_id, subject, verb, changes, version)
  select person.updated_at, me.id, person.id, null::uuid, 'user',
         case when person.active = (before.row).active then 'updated' when person.active then 'activated' else 'deactivated' end,
         changes(jsonb_build_object('role', (before.row).role, 'active', (before.row).active),
                 jsonb_build_object('role', person.role, 'active', person.active))
         || coalesce((
           select jsonb_object_agg(field, '[]'::jsonb)
           from (values ('email', (before.row).email, person.email), ('name', (before.row).name, person.name),
                        ('locale', (before.row).locale, person.locale), ('time_zone', (before.row).time_zone, person.time_zone)
           ) as personal(field, was, is_now) where was is distinct from is_now), '{}'),
         person.version
  from person, before, me
  union all
  select person.updated_at, me.id, removed.user_id, removed.team_id, 'team', 'member_removed', '{}', null from removed, person, me
)
select coalesce((select why from refused limit 1), (
  select row_to_json(body)::text from (
    select id, email, name, role, active, locale, time_zone, erased_at, version, created_at, updated_at from person
  ) as body))
from callers where session_id = $1::text::uuid
