-- One webhook with its event, or nothing. Of the address the history says only that there is one: some carry a password.
-- $1 session, $2 id, $3 the webhook as JSON, $4 its secret, $5 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
webhook as (
  insert into webhooks (id, url, description, events, restricted, secret, created_by, created_at, updated_at)
  select $2::text::uuid, asked.url, asked.description, asked.events, asked.restricted, $4::text, me.id, $5::text::timestamptz, $5::text::timestamptz
  from me, jsonb_to_record($3::text::jsonb) as asked(url text, description text, events text[], restricted boolean)
  returning *
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select webhook.created_at, me.id, 'webhook', 'created', jsonb_build_object('url', '[]'::jsonb) || changes('{}', jsonb_build_object(
    'webhook_id', webhook.id, 'description', description, 'events', events, 'restricted', restricted, 'active', active))
  from webhook, me
)
select case when not exists (select from me) then '"forbidden"' else (
  select row_to_json(body)::text from (
    select id, url, description, events, restricted, active, disabled_reason, old_secret_until, version, created_at, updated_at, secret from webhook
  ) as body) end
from callers where session_id = $1::text::uuid
