-- Claims jobs of a queue: those whose worker said nothing until its lease was over, then what is due, the higher priorities first.
-- A lease that ran out on the last attempt is a dead job.
-- $1 queue, $2 at most, $3 lease in seconds
with lost as (
  select id from jobs
  where queue = $1::text and state = 'running' and locked_until < now() and attempt - since >= max_attempts
  for update skip locked
), buried as (
  update jobs set state = 'dead', locked_until = null, finished_at = now(),
                  last_error = coalesce(last_error, 'the lease ran out on the last attempt')
  from lost where jobs.id = lost.id
), abandoned as (
  select id from jobs
  where queue = $1::text and state = 'running' and locked_until < now() and attempt - since < max_attempts
  order by locked_until
  limit $2::int8
  for update skip locked
), due as (
  -- a branch for each priority: one index range in order, however many wait for later
  select job.id from (values (1), (0), (-1)) as level(priority), lateral (
    select id from jobs
    where queue = $1::text and state = 'queued' and priority = level.priority and run_at <= now()
    order by run_at, id
    limit $2::int8
    for update skip locked
  ) as job
  limit $2::int8
), candidate as (
  select id from abandoned union all select id from due limit $2::int8
), claimed as (
  update jobs set state = 'running', attempt = attempt + 1, started_at = now(), locked_until = now() + make_interval(secs => $3::int8)
  from candidate where jobs.id = candidate.id
  returning jobs.id, jobs.attempt, jobs.payload
)
select coalesce(json_agg(json_build_object('id', id, 'attempt', attempt, 'payload', payload)), '[]')::text from claimed
