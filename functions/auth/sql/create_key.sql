-- A new API key of the caller.
-- $1 session, $2 key id, $3 the session id that the key's text hashes to, $4 name, $5 prefix, $6 scopes as JSON, $7 when it expires, or null for
-- $8 days from now
with me as (select id from callers where session_id = $1::text::uuid),
made as (
  insert into api_keys (id, session_id, user_id, name, prefix, scopes, expires_at)
  select $2::text::uuid, $3::text::uuid, me.id, $4::text, $5::text, array(select jsonb_array_elements_text($6::text::jsonb)),
         coalesce($7::text::timestamptz, now() + make_interval(days => $8::int8::int))
  from me
  returning id, name, prefix, scopes, created_at, expires_at, last_used_at
)
select row_to_json(body)::text from (select id, name, prefix, scopes, created_at, expires_at, last_used_at from made) as body
