-- One calendar with the event that says what changed and the job that computes anew what stands in it, or nothing if the version is no
-- longer the one read or the caller may not change it any more. "in_use": active definitions hinder it from being put away.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now
with me as (select id, role from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
before as (
  select c as row from calendars c, me where c.id = $2::text::uuid and c.version = $3::int8
), after as (
  select p.*, (before.row).active and not p.active and exists (select from slas where calendar_id = p.id and active) as in_use
  from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
), calendar as (
  update calendars c set name = p.name, time_zone = p.time_zone, hours = p.hours, holidays = p.holidays, overrides = p.overrides,
                         active = p.active, version = c.version + 1, updated_at = $5::text::timestamptz
  from after p
  where c.id = p.id and c.version = $3::int8 and not p.in_use
  returning c.*
), event as (
  insert into events (at, actor_id, subject, verb, changes, version)
  select calendar.updated_at, me.id, 'calendar', 'updated',
         changes(to_jsonb(before.row), to_jsonb(calendar)) || jsonb_build_object('id', jsonb_build_array(calendar.id, calendar.id)), calendar.version
  from calendar, before, me
), job as (
  select enqueue('sla', 'recompute', '{}', now()) as id from calendar
)
select case when exists (select from after where in_use) then '"in_use"' else (
  select json_build_object('body', row_to_json(body), 'ring', (select json_agg(json_build_array('sla', id)) from job))::text from (
    select id, name, time_zone, hours, holidays, overrides, active, version, created_at, updated_at from calendar
  ) as body) end
from callers where session_id = $1::text::uuid
