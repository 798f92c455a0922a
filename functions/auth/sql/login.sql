-- A new session of a user who is still active; takes the attempt back.
-- $1 session id, $2 user, $3 hash of the refresh tokens' family, $4 hash of the refresh token, $5 days to live, $6 user agent or null,
-- $7 the client's address or null, $8 the client's network
with opened as (
  insert into sessions (id, user_id, family, refresh_hash, expires_at, user_agent, address)
  select $1::text::uuid, id, $3::text, $4::text, now() + make_interval(days => $5::int8::int), $6::text, $7::text
  from users where id = $2::text::uuid and active
  returning id, user_id
)
select json_build_object('session', opened.id, 'user', users.id, 'role', users.role, 'counted', not login_succeeded(users.email, $8::text))::text
from opened join users on users.id = opened.user_id
