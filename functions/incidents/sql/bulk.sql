-- Keeps the whole answer of a bulk under its Idempotency-Key. Of two at once the first is kept: their items are the same, by their own keys.
-- $1 session, $2 the key, $3 hash of the request, $4 the answer
with me as (select id from callers where session_id = $1::text::uuid),
key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, 'POST /v1/incidents/bulk', $2::text, $3::text, 200, $4::text from me
  on conflict do nothing
)
select '{}' from me
