-- Claims one job and says what it found: claimed, not_due, busy or gone. A lease that ran out on the last attempt is a dead job.
-- $1 queue, $2 the job, $3 lease in seconds
with buried as (
  update jobs set state = 'dead', locked_until = null, finished_at = now(),
                  last_error = coalesce(last_error, 'the lease ran out on the last attempt')
  where id = $2::int8 and queue = $1::text and locked_until < now() and attempt - since >= max_attempts
  returning id
), candidate as (
  select id from jobs
  where id = $2::int8 and queue = $1::text
    and (state = 'queued' and run_at <= now() or state = 'running' and locked_until < now() and attempt - since < max_attempts)
  for update skip locked
), claimed as (
  update jobs set state = 'running', attempt = attempt + 1, started_at = now(), locked_until = now() + make_interval(secs => $3::int8)
  from candidate where jobs.id = candidate.id
  returning jobs.id, jobs.attempt, jobs.payload
)
select coalesce(
  (select json_build_object('found', 'claimed', 'id', id, 'attempt', attempt, 'payload', payload) from claimed),
  (select json_build_object('found', case when state = 'queued' and run_at > now() then 'not_due'
                                          when state in ('queued', 'running') then 'busy' else 'gone' end)
   from jobs where id = $2::int8 and queue = $1::text and not exists (select from buried where buried.id = jobs.id)),
  json_build_object('found', 'gone'))::text
