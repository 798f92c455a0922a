-- Whose an API key is; and notes that it is in use, to the hour.
-- $1 the key's session
with used as (
  update api_keys set last_used_at = now()
  where session_id = $1::text::uuid and (last_used_at is null or last_used_at < now() - interval '1 hour')
)
select user_id::text from api_keys where session_id = $1::text::uuid
