-- A new session of a user who is still active.
-- $1 session id, $2 user, $3 hash of the refresh token, $4 days to live
with opened as (
  insert into sessions (id, user_id, refresh_hash, expires_at)
  select $1::text::uuid, id, $3::text, now() + make_interval(days => $4::int8::int) from users where id = $2::text::uuid and active
  returning id, user_id
)
select json_build_object('session', opened.id, 'user', users.id, 'role', users.role)::text
from opened join users on users.id = opened.user_id
