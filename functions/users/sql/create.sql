-- One user with its event, or nothing. There is no password yet: the person sets one by resetting it.
-- $1 session, $2 the user as JSON, $3 now, $4 Idempotency-Key or null, $5 hash of the request
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
draft as (
  select asked.id, email, name, role, true as active, locale, time_zone, null::timestamptz as erased_at, 1::bigint as version,
         $3::text::timestamptz as created_at, $3::text::timestamptz as updated_at
  from me, jsonb_to_record($2::text::jsonb) as asked(id uuid, email text, name text, role text, locale text, time_zone text)
  where time_zone is null or exists (
    select from pg_timezone_names z where z.name = time_zone and z.name !~ '^(posix/|right/|posixrules$|localtime$|Factory$)')
), answer as (
  select row_to_json(body) as body from (
    select id, email, name, role, active, locale, time_zone, erased_at, version, created_at, updated_at from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/users', $4::text, $5::text, 201, answer.body::text from me, answer where $4::text is not null
  on conflict do nothing
  returning 1
), person as (
  insert into users (id, email, name, role, locale, time_zone, created_at, updated_at)
  select id, email, name, role, locale, time_zone, created_at, updated_at from draft where $4::text is null or exists (select from key)
  returning id
), event as (
  insert into events (at, actor_id, user_id, subject, verb, changes, version)
  select draft.created_at, me.id, draft.id, 'user', 'created',
         changes('{}', jsonb_build_object('role', draft.role, 'active', true)) || '{"name": [], "email": []}', 1
  from draft, me, person
)
select case
  when not exists (select from me) then '"forbidden"'
  when not exists (select from draft) then '"time_zone"'
  when not exists (select from person) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from callers where session_id = $1::text::uuid
