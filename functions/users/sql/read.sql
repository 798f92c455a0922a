-- What a change of a user is decided by: who asks, whether it is themselves, and all of the user.
-- $1 session, $2 id or `me`
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select row_to_json(found)::text from (
    select me.role, u.id = me.id as own, row_to_json(body) as person
    from users u, lateral (
      select u.id, u.email, u.name, u.role, u.active, u.locale, u.time_zone, u.erased_at, u.version, u.created_at, u.updated_at
    ) as body
    where u.id = case when $2::text = 'me' then me.id else $2::text::uuid end
  ) as found
)
from me
