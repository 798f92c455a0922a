-- A job for each endpoint whose next delivery may begin, unless one is queued or somebody is at it. Deliveries above the feed's horizon wait:
-- what is still to commit may come before them.
with due as (
  select w.id from webhooks w
  where w.active and w.next_at <= now() and (w.held_until is null or w.held_until < now())
    and exists (select from webhook_deliveries d
                where d.webhook_id = w.id and d.state = 'pending'
                  and (d.epoch, d.xact) < ((select epoch from feed_epoch), pg_snapshot_xmin(pg_current_snapshot())))
    and not exists (select from jobs j where j.queue = 'webhook' and j.key = w.id::text and j.state = 'queued')
), job as (
  insert into jobs (queue, key, payload, run_at)
  select 'webhook', id::text, jsonb_build_object('webhook', id), now() from due
  on conflict do nothing
  returning 1
)
select count(*)::text from job
