-- What was answered to an Idempotency-Key, if the caller still has the right.
-- $1 session, $2 the route that the key is for, $3 the mail, $4 the key
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role = 'admin' then (
  select json_build_object('request', request, 'answer', answer::json)::text from idempotency_keys
  where user_id = me.id and route = $2::text || $3::text::uuid and key = $4::text
) else '"forbidden"' end
from me
