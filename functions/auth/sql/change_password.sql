-- A new password for the caller where the old one is still the one compared; every other session and every reset ends. Takes the attempt back.
-- $1 session, $2 hash of the new password, $3 hash of the old one, $4 the client's network
with me as (select id, email from callers where session_id = $1::text::uuid),
changed as (
  update users u set password_hash = $2::text from me where u.id = me.id and u.password_hash = $3::text
  returning u.id, u.email
), ended as (
  update sessions s set revoked_at = now() from changed where s.user_id = changed.id and s.id <> $1::text::uuid and s.revoked_at is null
), voided as (
  delete from password_resets r using changed where r.user_id = changed.id and r.used_at is null
)
select (select json_build_object('user', id, 'counted', not login_succeeded(email, $4::text))::text from changed) from me
