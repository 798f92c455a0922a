-- Uses a reset: the new password is set and every session of the user ends; nothing where the reset is no longer good.
-- $1 hash of the token, $2 hash of the new password
with used as (
  update password_resets r set used_at = now() from users u
  where r.token_hash = $1::text and r.used_at is null and r.expires_at > now() and u.id = r.user_id and u.active
  returning r.user_id
), changed as (
  update users u set password_hash = $2::text from used where u.id = used.user_id
  returning u.id
), ended as (
  update sessions s set revoked_at = now() from changed where s.user_id = changed.id and s.revoked_at is null
)
select json_build_object('user', id)::text from changed
