-- What was answered to an Idempotency-Key, if the caller may still see it.
-- $1 session, $2 the route that the key is for, $3 the key, $4 the incident's id or number where the route has one
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object('request', k.request, 'answer', answer_shown(me.id, me.role, k.answer::json))::text
  from idempotency_keys k join tickets t on t.id = coalesce(k.answer::json ->> 'ticket_id', k.answer::json ->> 'id')::uuid
  where k.user_id = me.id and k.route = $2::text || coalesce(ticket_id($4::text)::text, '') and k.key = $3::text
    and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
    and (me.role <> 'requester' or k.answer::json ->> 'visibility' is distinct from 'work_note')
)
from me
