-- One rule as it shall be, with the event that says what changed, or nothing if the version is no longer the one read. One of time that is made
-- active, or gets another time, looks at what comes due from now on. "unknown KIND POINTER": what changes names a team or a user that is not there.
-- $1 session, $2 id, $3 the version read, $4 the rule as JSON, $5 now, $6 whom the change names: [{pointer, kind, id}]
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
unknown as (
  select named.pointer, named.kind, named.position
  from me, rows from (jsonb_to_recordset($6::text::jsonb) as (pointer text, kind text, id uuid)) with ordinality as named(pointer, kind, id, position)
  where case named.kind when 'team' then not exists (select from teams t where t.id = named.id) else not exists (select from users u where u.id = named.id) end
), before as (
  select r as row from rules r, me where r.id = $2::text::uuid and r.version = $3::int8 and r.deleted_at is null for no key update of r
), after as (
  select asked.*, (asked.after ->> 'minutes')::int as after_minutes, asked.after ->> 'since' as since
  from before, jsonb_to_record($4::text::jsonb) as asked(
    name text, description text, "position" integer, active boolean, events text[], after jsonb, conditions jsonb, actions jsonb)
  where not exists (select from unknown)
), rule as (
  update rules r set
    name = p.name, description = p.description, "position" = p.position, active = p.active, events = p.events, after_minutes = p.after_minutes,
    since = p.since, conditions = p.conditions, actions = p.actions, version = r.version + 1, updated_at = $5::text::timestamptz,
    checked_until = case when p.active and (not (before.row).active or ((before.row).after_minutes, (before.row).since) is distinct from (p.after_minutes, p.since))
                         then $5::text::timestamptz else r.checked_until end
  from before, after p where r.id = $2::text::uuid and r.version = $3::int8
  returning r.*
), person as (
  update users u set name = 'rule:' || rule.name, version = u.version + 1, updated_at = rule.updated_at
  from rule where u.id = rule.id and u.name <> 'rule:' || rule.name
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select rule.updated_at, me.id, 'rule', 'updated',
         jsonb_build_object('rule_id', jsonb_build_array(rule.id, rule.id)) || (changes(to_jsonb(before.row), to_jsonb(rule)) - 'checked_until')
  from rule, before, me
)
select case
  when not exists (select from me) then '"forbidden"'
  when exists (select from unknown) then (select to_json(concat_ws(' ', 'unknown', kind, pointer))::text from unknown order by position limit 1)
  else (
    select row_to_json(body)::text from (
      select id, name, description, "position", active, events, case when after_minutes is not null then json_build_object('minutes', after_minutes, 'since', since) end as after,
             conditions, actions, version, created_at, updated_at
      from rule
    ) as body) end
from callers where session_id = $1::text::uuid
