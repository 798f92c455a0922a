-- One user, as much as the caller may see: all of oneself and, to administrators, of everybody; without preferences to those who
-- work; the name to requesters.
-- $1 session, $2 id or `me`
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select case
    when me.role = 'admin' or u.id = me.id then (
      select row_to_json(body) from (
        select u.id, u.email, u.name, u.role, u.active, u.locale, u.time_zone, u.erased_at, u.version, u.created_at, u.updated_at
      ) as body)
    when me.role = 'requester' then json_build_object('id', u.id, 'name', u.name, 'version', u.version)
    else (
      select row_to_json(body) from (
        select u.id, u.email, u.name, u.role, u.active, u.erased_at, u.version, u.created_at, u.updated_at
      ) as body)
  end::text
  from users u where u.id = case when $2::text = 'me' then me.id else $2::text::uuid end
)
from me
