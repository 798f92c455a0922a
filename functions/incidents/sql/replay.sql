-- What was answered to an Idempotency-Key, if the caller may still see the incident.
-- $1 session, $2 the route that the key is for, $3 the key
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object('request', k.request, 'answer', k.answer::json)::text
  from idempotency_keys k join tickets t on t.id = (k.answer::json ->> 'id')::uuid
  where k.user_id = me.id and k.route = $2::text and k.key = $3::text
    and (t.restricted_to is null and me.role <> 'requester'
      or t.caller_id = me.id
      or me.role = 'admin'
      or exists (select from watchers w where w.ticket_id = t.id and w.user_id = me.id)
      or t.restricted_to is not null and me.role <> 'requester'
         and exists (select from team_members m where m.team_id = t.restricted_to and m.user_id = me.id))
)
from me
