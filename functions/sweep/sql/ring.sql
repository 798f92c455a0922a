-- Jobs that have been due for a while, or whose worker said nothing any more: the oldest hundred of each queue, as [[queue, id]].
with queues as (
  select distinct queue from jobs where state in ('queued', 'running')
), due as (
  select queues.queue, job.id
  from queues, lateral (
    (select id from jobs where queue = queues.queue and state = 'queued' and run_at < now() - interval '5 s' order by run_at limit 100)
    union all
    (select id from jobs where queue = queues.queue and state = 'running' and locked_until < now() order by locked_until limit 100)
  ) as job
)
select json_agg(json_build_array(queue, id))::text from due
