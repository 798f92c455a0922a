-- Replaces a session's refresh token; one that was spent already ends the session.
-- $1 hash of the token shown, $2 hash of the new one, $3 days to live
with copied as (
  update sessions set revoked_at = now() where spent_hash = $1::text and revoked_at is null
), renewed as (
  update sessions s set refresh_hash = $2::text, spent_hash = $1::text, expires_at = now() + make_interval(days => $3::int8::int)
  from users u
  where s.refresh_hash = $1::text and s.revoked_at is null and s.expires_at > now() and u.id = s.user_id and u.active
  returning s.id, s.user_id, u.role
)
select json_build_object('session', id, 'user', user_id, 'role', role)::text from renewed
