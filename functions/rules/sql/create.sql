-- One rule with its event and the row in `users` that its writes are by, who logs in nowhere; or nothing. "unknown KIND POINTER": it names a team or
-- a user that is not there.
-- $1 session, $2 id, $3 the rule as JSON, $4 now, $5 Idempotency-Key or null, $6 hash of the request, $7 whom it names: [{pointer, kind, id}]
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
unknown as (
  select named.pointer, named.kind, named.position
  from me, rows from (jsonb_to_recordset($7::text::jsonb) as (pointer text, kind text, id uuid)) with ordinality as named(pointer, kind, id, position)
  where case named.kind when 'team' then not exists (select from teams t where t.id = named.id) else not exists (select from users u where u.id = named.id) end
), draft as (
  select $2::text::uuid as id, asked.*, (asked.after ->> 'minutes')::int as after_minutes, asked.after ->> 'since' as since,
         1::bigint as version, $4::text::timestamptz as created_at, $4::text::timestamptz as updated_at
  from me, jsonb_to_record($3::text::jsonb) as asked(
    name text, description text, "position" integer, active boolean, events text[], after jsonb, conditions jsonb, actions jsonb)
  where not exists (select from unknown)
), answer as (
  select row_to_json(body) as body from (
    select id, name, description, "position", active, events, after, conditions, actions, version, created_at, updated_at from draft
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/rules', $5::text, $6::text, 201, answer.body::text from me, answer where $5::text is not null
  on conflict do nothing
  returning 1
), person as (
  insert into users (id, email, name, role, active, created_at, updated_at)
  select id, 'rule-' || id || '@automation.invalid', 'rule:' || name, 'agent', false, created_at, updated_at
  from draft where $5::text is null or exists (select from key)
  returning id
), rule as (
  insert into rules (id, name, description, "position", active, events, after_minutes, since, conditions, actions, checked_until, created_by, created_at, updated_at)
  select draft.id, name, description, "position", active, events, after_minutes, since, conditions, actions, draft.created_at, me.id, draft.created_at, draft.updated_at
  from draft, me, person
  returning id
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select draft.created_at, me.id, 'rule', 'created', changes('{}', jsonb_build_object(
    'rule_id', draft.id, 'name', name, 'description', description, 'position', "position", 'active', active, 'events', events, 'after', after,
    'conditions', conditions, 'actions', actions))
  from draft, me, rule
)
select case
  when not exists (select from me) then '"forbidden"'
  when exists (select from unknown) then (select to_json(concat_ws(' ', 'unknown', kind, pointer))::text from unknown order by position limit 1)
  when not exists (select from rule) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from callers where session_id = $1::text::uuid
