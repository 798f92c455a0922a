-- What came of an attempt, for the claim that made it. A failure puts the endpoint off; one that failed for too long is disabled, with the event
-- that tells administrators. Answers whether it was recorded.
-- $1 job, $2 attempt, $3 the endpoint, $4 the delivery, $5 delivered, failed or dead, $6 the answer's status or null, $7 its body or null,
-- $8 what went wrong or null, $9 milliseconds, $10 seconds to wait, $11 why the endpoint is disabled, or null
with lease as materialized (
  select from held($1::int8, $2::int8)
), delivery as (
  update webhook_deliveries d set
    state = case $5::text when 'failed' then 'pending' else $5::text end, finished_at = case when $5::text <> 'failed' then now() end,
    response_status = $6::int8, response_body = $7::text, error = $8::text, milliseconds = $9::int8
  from lease where d.id = $4::text::uuid and d.webhook_id = $3::text::uuid and d.state = 'pending'
  returning d.id
), endpoint as (
  update webhooks w set
    failures = case when $5::text = 'delivered' then 0 else w.failures + 1 end,
    failing_since = case when $5::text <> 'delivered' then coalesce(w.failing_since, now()) end,
    -- not all at the same second again
    next_at = case when $5::text = 'delivered' then '-infinity' else now() + make_interval(secs => $10::int8 * (1 + random() / 10)) end,
    active = w.active and $11::text is null,
    disabled_reason = coalesce(w.disabled_reason, $11::text),
    version = w.version + case when $11::text is null then 0 else 1 end,
    updated_at = case when $11::text is null then w.updated_at else now() end
  from delivery where w.id = $3::text::uuid
  returning w.id, w.version
), event as (
  insert into events (at, subject, verb, changes)
  select now(), 'webhook', 'disabled', jsonb_build_object(
    'webhook_id', jsonb_build_array(id, id), 'active', jsonb_build_array(true, false), 'disabled_reason', jsonb_build_array(null, $11::text))
  from endpoint where $11::text is not null
)
select count(*)::text from endpoint
