-- What a change of a team is decided by: the team, and whether the caller may change it: administrators, managers, and of a restricted
-- team those managers who are on it.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(found)::text from (
    select me.role = 'admin' or me.role = 'manager' and (
             not t.restricted or exists (select from team_members m where m.team_id = t.id and m.user_id = me.id)) as may,
           row_to_json(body) as team
    from teams t, lateral (
      select t.id, t.name, t.description, t.restricted, t.active, t.version, t.created_at, t.updated_at
    ) as body
    where t.id = $2::text::uuid and (not t.restricted or me.role <> 'requester')
  ) as found
)
from me
