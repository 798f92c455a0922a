-- A new secret, with the event of it; the one until now signs too for a while.
-- $1 session, $2 id, $3 the secret, $4 hours that the one until now goes on, $5 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
webhook as (
  update webhooks w set secret = $3::text, old_secret = case when $4::int8 > 0 then w.secret end,
                        old_secret_until = case when $4::int8 > 0 then $5::text::timestamptz + make_interval(hours => $4::int8::int) end,
                        version = w.version + 1, updated_at = $5::text::timestamptz
  from me where w.id = $2::text::uuid and w.deleted_at is null
  returning w.*
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select webhook.updated_at, me.id, 'webhook', 'rotated', jsonb_build_object('webhook_id', jsonb_build_array(webhook.id, webhook.id)) from webhook, me
)
select case when not exists (select from me) then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, url, description, events, restricted, active, disabled_reason, old_secret_until, version, created_at, updated_at, secret from webhook
  ) as body) end
from callers where session_id = $1::text::uuid
