-- Ends one session of the caller, or nothing.
-- $1 session, $2 the session to end
with me as (select id from callers where session_id = $1::text::uuid),
ended as (
  update sessions s set revoked_at = now() from me
  where s.id = $2::text::uuid and s.user_id = me.id and s.revoked_at is null and s.expires_at > now()
  returning s.id
)
select (select json_build_object('id', id)::text from ended) from me
