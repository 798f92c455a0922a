-- Notes that an API key is in use, to the hour.
-- $1 the key's session
update api_keys set last_used_at = now()
where session_id = $1::text::uuid and (last_used_at is null or last_used_at < now() - interval '1 hour')
returning id::text
