-- Fields of one webhook with the event that says what changed, or nothing if the version is no longer the one read. One that is made active
-- begins with a clean record.
-- $1 session, $2 id, $3 the version read, $4 the columns to set, as JSON, $5 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
before as (
  select w as row from webhooks w, me where w.id = $2::text::uuid and w.version = $3::int8 and w.deleted_at is null for no key update of w
), after as (
  select p.*, p.active and not (before.row).active as begins from before, lateral jsonb_populate_record(before.row, $4::text::jsonb) as p
), webhook as (
  update webhooks w set
    url = p.url, description = p.description, events = p.events, restricted = p.restricted, active = p.active,
    disabled_reason = case when p.active then null else w.disabled_reason end, version = w.version + 1, updated_at = $5::text::timestamptz,
    failures = case when p.begins then 0 else w.failures end, failing_since = case when p.begins then null else w.failing_since end,
    next_at = case when p.begins then '-infinity' else w.next_at end
  from after p where w.id = p.id and w.version = $3::int8
  returning w.*
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select webhook.updated_at, me.id, 'webhook', 'updated',
         jsonb_build_object('webhook_id', jsonb_build_array(webhook.id, webhook.id))
         || case when webhook.url <> (before.row).url then jsonb_build_object('url', '[]'::jsonb) else '{}' end
         || changes(jsonb_build_object('description', (before.row).description, 'events', (before.row).events, 'restricted', (before.row).restricted,
                                       'active', (before.row).active),
                    jsonb_build_object('description', webhook.description, 'events', webhook.events, 'restricted', webhook.restricted,
                                       'active', webhook.active))
  from webhook, before, me
)
select case when not exists (select from me) then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, url, description, events, restricted, active, disabled_reason, old_secret_until, version, created_at, updated_at from webhook
  ) as body) end
from callers where session_id = $1::text::uuid
