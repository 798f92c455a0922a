-- Where an incident stands with what was promised, as it is computed from.
-- $1 session, $2 id or number
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object('is_requester', me.role = 'requester', 'facts', sla_facts(t.id))::text
  from tickets t
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
)
from me
