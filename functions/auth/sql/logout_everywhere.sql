-- Ends every session of the caller, this one too.
-- $1 session
with me as (select id from callers where session_id = $1::text::uuid),
ended as (
  update sessions s set revoked_at = now() from me where s.user_id = me.id and s.revoked_at is null
)
select json_build_object('user', id)::text from me
