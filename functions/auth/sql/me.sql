-- The caller, with role and teams as they are now; the scopes where an API key asks.
-- $1 session
with me as (select id, email, name, role from callers where session_id = $1::text::uuid)
select json_build_object('id', id, 'email', email, 'name', name, 'role', role, 'teams', coalesce((
  select json_agg(json_build_object('id', t.id, 'name', t.name) order by t.name)
  from team_members m join teams t on t.id = m.team_id where m.user_id = me.id), '[]'),
  'scopes', (select scopes from api_keys where session_id = $1::text::uuid))::text
from me
