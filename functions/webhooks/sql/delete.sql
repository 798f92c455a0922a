-- Puts a webhook aside with the event of it, and forgets its secrets. Its log may be long: the hourly run takes it away in chunks, and the row last.
-- $1 session, $2 id, $3 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
webhook as (
  update webhooks w set active = false, deleted_at = $3::text::timestamptz, secret = '', old_secret = null, old_secret_until = null,
                        version = w.version + 1, updated_at = $3::text::timestamptz
  from me where w.id = $2::text::uuid and w.deleted_at is null
  returning w.id, w.updated_at
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select webhook.updated_at, me.id, 'webhook', 'deleted', jsonb_build_object('webhook_id', jsonb_build_array(webhook.id, null)) from webhook, me
)
select case when not exists (select from me) then '"forbidden"' else (select '{}' from webhook) end
from callers where session_id = $1::text::uuid
