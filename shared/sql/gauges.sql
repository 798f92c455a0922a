-- What is measured of the work that waits, as JSON: [[{metric, labels, value}]]. Done jobs are not counted here: a counter has them.
with waiting as (
  select queue, state, count(*) as jobs from jobs where state in ('queued', 'running', 'dead') group by queue, state
), oldest as (
  select queue, extract(epoch from now() - min(run_at)) as age from jobs where state = 'queued' and run_at <= now() group by queue
), late as (
  select name, extract(epoch from now() - next_run_at) as age from schedules where enabled and next_run_at < now()
), undelivered as (
  select count(*) as deliveries, coalesce(extract(epoch from now() - min(created_at)), 0) as age from webhook_deliveries where state = 'pending'
), endpoints as (
  select circuit, count(webhooks.circuit) as webhooks
  from (values ('ok'), ('failing'), ('open'), ('disabled')) as known(circuit) left join (
    select webhook_circuit(active, disabled_reason, failures) as circuit from webhooks where deleted_at is null) as webhooks using (circuit)
  group by circuit
)
select json_build_array(
  (select json_agg(json_build_object('metric', 'itsm_jobs', 'labels', json_build_object('queue', queue, 'state', state), 'value', jobs)) from waiting),
  (select json_agg(json_build_object('metric', 'itsm_job_oldest_seconds', 'labels', json_build_object('queue', queue), 'value', age)) from oldest),
  (select json_agg(json_build_object('metric', 'itsm_schedule_late_seconds', 'labels', json_build_object('schedule', name), 'value', age)) from late),
  (select json_build_array(json_build_object('metric', 'itsm_webhook_pending', 'labels', json_build_object(), 'value', deliveries),
                           json_build_object('metric', 'itsm_webhook_oldest_seconds', 'labels', json_build_object(), 'value', age)) from undelivered),
  (select json_agg(json_build_object('metric', 'itsm_webhook_endpoints', 'labels', json_build_object('circuit', circuit), 'value', webhooks)) from endpoints))::text
