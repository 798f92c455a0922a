-- A reset for an active user in place of the one before, or nothing where there is no such user. Only an administrator issues one.
-- $1 session, $2 reset, $3 user, $4 hash of the token, $5 hours to live
with me as (select id, role from callers where session_id = $1::text::uuid),
person as (
  select u.id from users u, me where u.id = $3::text::uuid and u.active and me.role = 'admin'
), superseded as (
  delete from password_resets r using person where r.user_id = person.id and r.used_at is null
), issued as (
  insert into password_resets (id, user_id, token_hash, created_by, expires_at)
  select $2::text::uuid, person.id, $4::text, me.id, now() + make_interval(hours => $5::int8::int) from person, me
  returning id, user_id, expires_at
)
select case when me.role <> 'admin' then '"forbidden"' else (
  select json_build_object('id', id, 'user_id', user_id, 'expires_at', expires_at)::text from issued) end
from me
