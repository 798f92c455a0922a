-- A page of a webhook's deliveries, the newest event first, for administrators.
-- $1 session, $2 the webhook, $3 limit, $4 state or null, $5 to $7 epoch, transaction and sequence of the event after which to begin, or null
with me as (select id, role from callers where session_id = $1::text::uuid),
webhook as (
  select id, next_at from webhooks where id = $2::text::uuid and deleted_at is null and (select role from me) = 'admin'
), page as (
  select d.* from webhook_deliveries d
  where d.webhook_id = (select id from webhook)
    and ($4::text is null or d.state = $4::text)
    and ($5::text is null or (d.epoch, d.xact, d.seq) < ($5::text::int, $6::text::xid8, $7::text::int8))
  order by d.epoch desc, d.xact desc, d.seq desc
  limit $3::int8 + 1
), numbered as (
  select page.*, row_number() over (order by epoch desc, xact desc, seq desc) as position from page
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from webhook) then null
  else json_build_object(
    'next', (select json_build_array(epoch::text, xact::text, seq::text) from numbered
             where position = $3::int8 and exists (select from numbered where position > $3::int8)),
    'items', coalesce((
      select json_agg(row_to_json(item) order by position)
      from numbered n join events e using (epoch, xact, seq), webhook, lateral (
        select n.id, n.state, webhook_type(e.subject, e.verb, e.visibility) as type, e.seq as event, e.ticket_id, n.sequence, n.attempts,
               n.response_status, n.response_body, n.error, n.milliseconds, n.created_at, n.last_at,
               case when n.state = 'pending' and n.attempts > 0 then nullif(webhook.next_at, '-infinity') end as next_at, n.finished_at
      ) as item where position <= $3::int8), '[]'))::text end
from me
