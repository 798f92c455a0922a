-- Records a run's outcome, only for the claim that ran: a worker whose lease has gone changes nothing.
-- Retries wait 2^attempt seconds, an hour at most, with up to a half of it more at random.
-- $1 job, $2 attempt, $3 done | retry | fail, $4 the error
with outcome as (
  select id, case when $3::text = 'done' then 'done'
                  when $3::text = 'fail' or attempt >= max_attempts then 'dead'
                  -- the same key may have been queued anew during the run: that one does the work
                  when exists (select from jobs again where again.queue = ran.queue and again.key = ran.key and again.state = 'queued') then 'done'
                  else 'queued' end as state
  from jobs ran where id = $1::int8 and attempt = $2::int8 and state = 'running'
)
update jobs set
  state = outcome.state,
  run_at = case when outcome.state = 'queued' then now() + make_interval(secs => least(3600, 2 ^ attempt) * (1 + random() / 2)) else run_at end,
  locked_until = null,
  last_error = coalesce($4::text, last_error),
  finished_at = case when outcome.state <> 'queued' then now() end
from outcome
where jobs.id = outcome.id and jobs.attempt = $2::int8 and jobs.state = 'running'
returning jobs.state::text
