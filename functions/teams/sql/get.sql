-- One team, if the caller may know of it.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(body)::text from (
    select t.id, t.name, t.description, t.restricted, t.active, t.version, t.created_at, t.updated_at
    from teams t where t.id = $2::text::uuid and (not t.restricted or me.role <> 'requester')
  ) as body
)
from me
