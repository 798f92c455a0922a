-- One definition with the event that says what changed and the job that computes anew what stands with it, or nothing if the version is no
-- longer the one read or the caller may not change it any more. "calendar": it is given one that is not there or not active.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now
with me as (select id, role from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
before as (
  select s as row from slas s, me where s.id = $2::text::uuid and s.version = $3::int8
), after as (
  select p.*, p.calendar_id <> (before.row).calendar_id and not exists (select from calendars c where c.id = p.calendar_id and c.active) as homeless
  from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
), sla as (
  update slas s set name = p.name, type = p.type, metric = p.metric, kind = p.kind, conditions = p.conditions, goal = p.goal,
                    calendar_id = p.calendar_id, position = coalesce(p.position, s.position), active = p.active,
                    version = s.version + 1, updated_at = $5::text::timestamptz
  from after p
  where s.id = p.id and s.version = $3::int8 and not p.homeless
  returning s.*
), event as (
  insert into events (at, actor_id, subject, verb, changes, version)
  select sla.updated_at, me.id, 'sla', 'updated',
         changes(to_jsonb(before.row), to_jsonb(sla)) || jsonb_build_object('id', jsonb_build_array(sla.id, sla.id)), sla.version
  from sla, before, me
), job as (
  select enqueue('sla', 'recompute', '{}', now()) as id from sla
)
select case when exists (select from after where homeless) then '"calendar"' else (
  select json_build_object('body', row_to_json(body), 'ring', (select json_agg(json_build_array('sla', id)) from job))::text from (
    select id, name, type, metric, kind, conditions, goal, calendar_id, position, active, version, created_at, updated_at from sla
  ) as body) end
from callers where session_id = $1::text::uuid
