-- One calendar with its event, or nothing.
-- $1 session, $2 its id, $3 the calendar as JSON, $4 now, $5 Idempotency-Key or null, $6 hash of the request
with me as (select id from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
draft as (
  select $2::text::uuid as id, name, time_zone, hours, holidays, overrides, active, 1::bigint as version,
         $4::text::timestamptz as created_at, $4::text::timestamptz as updated_at
  from me, jsonb_to_record($3::text::jsonb) as asked(name text, time_zone text, hours jsonb, holidays jsonb, overrides jsonb, active boolean)
), answer as (
  select row_to_json(body) as body from (
    select id, name, time_zone, hours, holidays, overrides, active, version, created_at, updated_at from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/calendars', $5::text, $6::text, 201, answer.body::text from me, answer where $5::text is not null
  on conflict do nothing
  returning 1
), calendar as (
  insert into calendars (id, name, time_zone, hours, holidays, overrides, active, created_at, updated_at)
  select id, name, time_zone, hours, holidays, overrides, active, created_at, updated_at from draft
  where $5::text is null or exists (select from key)
  returning id
), event as (
  insert into events (at, actor_id, subject, verb, changes, version)
  select draft.created_at, me.id, 'calendar', 'created', changes('{}', answer.body::jsonb), 1 from draft, answer, me, calendar
)
select case
  when not exists (select from me) then '"forbidden"'
  when not exists (select from calendar) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from callers where session_id = $1::text::uuid
