-- Fields of one team with the event that says what changed, or nothing if the version is no longer the one read or the caller may not
-- change it any more. A team that still keeps tickets to itself stays restricted: whoever can join it would see them.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now
with me as (select id, role from callers where session_id = $1::text::uuid and role in ('manager', 'admin')),
before as (
  select t as row from teams t, me
  where t.id = $2::text::uuid and t.version = $3::int8
    and (me.role = 'admin' or not t.restricted or exists (select from team_members m where m.team_id = t.id and m.user_id = me.id))
), after as (
  select p.* from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
), opening as (
  select p.id from before, after p
  where (before.row).restricted and not p.restricted and exists (select from tickets where restricted_to = p.id)
), team as (
  update teams t set name = p.name, description = p.description, restricted = p.restricted, active = p.active,
                     version = t.version + 1, updated_at = $5::text::timestamptz
  from after p
  where t.id = p.id and t.version = $3::int8 and not exists (select from opening)
  returning t.*
), event as (
  insert into events (at, actor_id, team_id, subject, verb, changes, version)
  select team.updated_at, me.id, team.id, 'team', 'updated', changes(to_jsonb(before.row), to_jsonb(team)), team.version
  from team, before, me
)
select case when exists (select from opening) then '"tickets"' else (
  select row_to_json(body)::text from (
    select id, name, description, restricted, active, version, created_at, updated_at from team
  ) as body) end
from callers where session_id = $1::text::uuid
