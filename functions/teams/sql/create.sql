-- One team with its event, or nothing.
-- $1 session, $2 the team as JSON, $3 now, $4 Idempotency-Key or null, $5 hash of the request
with me as (select id from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
draft as (
  select asked.id, name, description, restricted, true as active, 1::bigint as version,
         $3::text::timestamptz as created_at, $3::text::timestamptz as updated_at
  from me, jsonb_to_record($2::text::jsonb) as asked(id uuid, name text, description text, restricted boolean)
), answer as (
  select row_to_json(body) as body from (
    select id, name, description, restricted, active, version, created_at, updated_at from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/teams', $4::text, $5::text, 201, answer.body::text from me, answer where $4::text is not null
  on conflict do nothing
  returning 1
), team as (
  insert into teams (id, name, description, restricted, created_at, updated_at)
  select id, name, description, restricted, created_at, updated_at from draft where $4::text is null or exists (select from key)
  returning id
), event as (
  insert into events (at, actor_id, team_id, subject, verb, changes, version)
  select draft.created_at, me.id, draft.id, 'team', 'created',
         changes('{}', jsonb_build_object('name', name, 'description', description, 'restricted', restricted, 'active', active)), 1
  from draft, me, team
)
select case
  when not exists (select from me) then '"forbidden"'
  when not exists (select from team) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from callers where session_id = $1::text::uuid
