-- One definition with its event, or nothing. "calendar": it names none that is active.
-- $1 session, $2 its id, $3 the definition as JSON, $4 now, $5 Idempotency-Key or null, $6 hash of the request
with me as (select id from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
draft as (
  select $2::text::uuid as id, name, type, metric, kind, conditions, goal, calendar_id,
         coalesce(asked.position, (select least(1000000, coalesce(max(s.position), 0) + 10) from slas s)) as position, active, 1::bigint as version,
         $4::text::timestamptz as created_at, $4::text::timestamptz as updated_at
  from me, jsonb_to_record($3::text::jsonb) as asked(
    name text, type text, metric text, kind text, conditions jsonb, goal jsonb, calendar_id uuid, position integer, active boolean)
  where exists (select from calendars c where c.id = asked.calendar_id and c.active)
), answer as (
  select row_to_json(body) as body from (
    select id, name, type, metric, kind, conditions, goal, calendar_id, position, active, version, created_at, updated_at from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/slas', $5::text, $6::text, 201, answer.body::text from me, answer where $5::text is not null
  on conflict do nothing
  returning 1
), sla as (
  insert into slas (id, name, type, metric, kind, conditions, goal, calendar_id, position, active, created_at, updated_at)
  select id, name, type, metric, kind, conditions, goal, calendar_id, position, active, created_at, updated_at from draft
  where $5::text is null or exists (select from key)
  returning id
), event as (
  insert into events (at, actor_id, subject, verb, changes, version)
  select draft.created_at, me.id, 'sla', 'created', changes('{}', answer.body::jsonb), 1 from draft, answer, me, sla
)
select case
  when not exists (select from me) then '"forbidden"'
  when not exists (select from draft) and not exists (
    select from idempotency_keys k, me where k.user_id = me.id and k.route = 'POST /v1/slas' and k.key = $5::text) then '"calendar"'
  when not exists (select from sla) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from callers where session_id = $1::text::uuid
