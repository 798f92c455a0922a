-- Puts a person on a team, with the event; once there, nothing happens. Whoever works tickets, or audits, can be on one.
-- Of a restricted team, administrators and those managers who are on it change the members.
-- $1 session, $2 team, $3 user, $4 now
with me as (select id, role from callers where session_id = $1::text::uuid),
team as (select t.id, t.restricted from teams t, me where t.id = $2::text::uuid and (not t.restricted or me.role <> 'requester')),
-- Held, so that whoever makes a requester of them comes before, and is seen, or after, and takes them off.
person as (select id, role, active from users where id = $3::text::uuid for share),
permitted as (
  select from me, team
  where me.role = 'admin' or me.role = 'manager' and (
    not team.restricted or exists (select from team_members own where own.team_id = team.id and own.user_id = me.id))
), member as (
  insert into team_members (team_id, user_id)
  select team.id, person.id from team, person, permitted where person.role <> 'requester' and person.active
  on conflict do nothing
  returning team_id, user_id
), event as (
  insert into events (at, actor_id, team_id, user_id, subject, verb)
  select $4::text::timestamptz, me.id, member.team_id, member.user_id, 'team', 'member_added' from member, me
)
select case
  when not exists (select from team) then null
  when not exists (select from permitted) then '"forbidden"'
  when not exists (select from person) then null
  when exists (select from person where role = 'requester' or not active) then '"not_eligible"'
  else '{}' end
from me
