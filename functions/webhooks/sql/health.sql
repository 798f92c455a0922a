-- How one webhook fares, for administrators.
-- $1 session, $2 id
with me as (select id, role from callers where session_id = $1::text::uuid)
select case when me.role <> 'admin' then '"forbidden"' else (
  select row_to_json(body)::text from (
    select webhook_circuit(w.active, w.disabled_reason, w.failures) as circuit, w.failures, w.failing_since,
           case when w.active then nullif(w.next_at, '-infinity') end as next_at, w.sequence, waiting.pending, waiting.oldest_at
    from webhooks w, lateral (
      select count(*) as pending, min(d.created_at) as oldest_at from webhook_deliveries d where d.webhook_id = w.id and d.state = 'pending'
    ) as waiting
    where w.id = $2::text::uuid and w.deleted_at is null
  ) as body) end
from me
