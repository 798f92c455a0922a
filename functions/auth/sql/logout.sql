-- Ends the caller's session.
-- $1 session
with ended as (
  update sessions set revoked_at = now() where id = (select session_id from callers where session_id = $1::text::uuid) and revoked_at is null
  returning id
)
select json_build_object('ended', id)::text from ended
