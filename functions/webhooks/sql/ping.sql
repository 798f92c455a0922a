-- A test for one webhook: an event of its own, which no other hears of, and its delivery. "conflict": the webhook is not active.
-- $1 session, $2 the webhook, $3 the delivery's id, $4 now, $5 Idempotency-Key or null, $6 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid),
webhook as (
  select w.id, w.active from webhooks w, me where w.id = $2::text::uuid and w.deleted_at is null and me.role = 'admin'
), stored as (
  select 1 from idempotency_keys k, me, webhook where k.user_id = me.id and k.route = $6::text || webhook.id and k.key = $5::text
), number as materialized (
  select nextval(pg_get_serial_sequence('events', 'seq')) as seq from webhook where active and not exists (select from stored)
), answer as (
  select row_to_json(body) as body from (
    select $3::text::uuid as id, 'pending' as state, 'webhook.pinged' as type, number.seq as event, null::uuid as ticket_id,
           null::bigint as sequence, 0 as attempts, null::integer as response_status, null::text as response_body, null::text as error,
           null::bigint as milliseconds, now() as created_at, null::timestamptz as last_at, null::timestamptz as next_at,
           null::timestamptz as finished_at
    from number
  ) as body
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $6::text || webhook.id, $5::text, '', 202, answer.body::text from me, webhook, answer where $5::text is not null
  on conflict do nothing
  returning 1
), event as (
  insert into events (seq, at, actor_id, subject, verb, changes) overriding system value
  select number.seq, $4::text::timestamptz, me.id, 'webhook', 'pinged', jsonb_build_object('webhook_id', jsonb_build_array(webhook.id, webhook.id))
  from me, webhook, number where $5::text is null or exists (select from key)
  returning epoch, xact, seq
), delivery as (
  insert into webhook_deliveries (webhook_id, epoch, xact, seq, id)
  select webhook.id, event.epoch, event.xact, event.seq, $3::text::uuid from webhook, event
  returning 1
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from webhook) then null
  when exists (select from delivery) then json_build_object('body', (select body from answer))::text
  when exists (select from stored) or exists (select from number) then '"replay"'
  else '"conflict"' end
from me
