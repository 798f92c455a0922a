-- Makes one delivery wait again; its day begins anew, and its webhook is tried at once. "conflict": it waits already.
-- $1 session, $2 the webhook, $3 the delivery, $4 Idempotency-Key or null, $5 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid),
before as (
  select d.* from webhook_deliveries d join webhooks w on w.id = d.webhook_id
  where d.id = $3::text::uuid and w.id = $2::text::uuid and w.deleted_at is null and (select role from me) = 'admin'
  for update of d
), stored as (
  select 1 from idempotency_keys k, me, before where k.user_id = me.id and k.route = $5::text || before.id and k.key = $4::text
), answer as (
  select row_to_json(body) as body from (
    select d.id, 'pending' as state, webhook_type(e.subject, e.verb, e.visibility) as type, e.seq as event, e.ticket_id, d.sequence, d.attempts,
           d.response_status, d.response_body, d.error, d.milliseconds, d.created_at, d.last_at, null::timestamptz as next_at,
           null::timestamptz as finished_at
    from before d join events e using (epoch, xact, seq) where d.state <> 'pending'
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $5::text || before.id, $4::text, '', 200, answer.body::text from me, before, answer where $4::text is not null
  on conflict do nothing
  returning 1
), delivery as (
  update webhook_deliveries d set state = 'pending', finished_at = null, first_at = null
  from before, answer where d.id = before.id and ($4::text is null or exists (select from key))
  returning d.webhook_id
), webhook as (
  update webhooks w set next_at = '-infinity' from delivery where w.id = delivery.webhook_id
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from before) then null
  when exists (select from delivery) then json_build_object('body', (select body from answer))::text
  when exists (select from answer) or exists (select from stored) then '"replay"'
  else '"conflict"' end
from me
