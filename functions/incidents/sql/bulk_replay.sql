-- What was answered to a bulk's Idempotency-Key. An item's body that the caller may not see any more is left out.
-- $1 session, $2 the key
with me as (select id, role from callers where session_id = $1::text::uuid)
select (
  select json_build_object('request', k.request, 'answer', json_build_object('items', (
    select coalesce(json_agg(case
        when item -> 'body' is null or t.id is not null and (me.role <> 'requester' or item #>> '{body,visibility}' is distinct from 'work_note')
          and (item -> 'body' is null or answer_shown(me.id, me.role, item -> 'body')::text = (item -> 'body')::text) then item
        when t.id is not null and (me.role <> 'requester' or item #>> '{body,visibility}' is distinct from 'work_note')
        then json_build_object('id', item -> 'id', 'status', item -> 'status', 'body', answer_shown(me.id, me.role, item -> 'body'))
        else json_build_object('id', item -> 'id', 'status', item -> 'status') end order by position), '[]')
    from json_array_elements(k.answer::json -> 'items') with ordinality as answered(item, position)
    left join tickets t on t.id = coalesce(item #>> '{body,ticket_id}', item #>> '{body,id}')::uuid
                       and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to))))::text
  from idempotency_keys k
  where k.user_id = me.id and k.route = 'POST /v1/incidents/bulk' and k.key = $2::text
)
from me
