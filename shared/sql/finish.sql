-- Records how runs went, each only for the claim that ran: a worker whose lease has gone changes nothing. Answers what became of each:
-- done, queued (again), dead, given_back, or lost where the claim was no longer the run's. What is given back was not begun: it is due as it
-- was, and the attempt does not count.
-- What runs is known by `locked_until`, so that it is found by its id: see `held` in 0009_jobs.sql.
-- $1 the runs as JSON: [{id, attempt, outcome: done | retry | fail | given_back, error}]
with told as (
  select * from jsonb_to_recordset($1::text::jsonb) as run(id bigint, attempt integer, outcome text, error text)
), outcome as (
  select ran.id, ran.attempt, told.error, told.outcome = 'given_back' as is_back,
         case when told.outcome = 'done' then 'done'
              when told.outcome = 'fail' or told.outcome = 'retry' and ran.attempt - ran.since >= ran.max_attempts then 'dead'
              -- the same key may have been queued anew during the run: that one does the work
              when exists (select from jobs again where again.queue = ran.queue and again.key = ran.key and again.state = 'queued') then 'done'
              else 'queued' end as state
  from told join jobs ran on ran.id = told.id and ran.attempt = told.attempt and ran.locked_until is not null
), finished as (
  update jobs set
    state = outcome.state,
    since = case when outcome.is_back then since + 1 else since end,
    run_at = case when outcome.state = 'queued' and not outcome.is_back then now() + backoff(jobs.attempt - jobs.since) else run_at end,
    locked_until = null,
    last_error = coalesce(outcome.error, last_error),
    finished_at = case when outcome.state <> 'queued' then now() end
  from outcome
  where jobs.id = outcome.id and jobs.attempt = outcome.attempt and jobs.locked_until is not null
  returning jobs.id, case when outcome.is_back and jobs.state = 'queued' then 'given_back' else jobs.state end as state
)
select json_agg(json_build_object('id', told.id, 'state', coalesce(
  finished.state, case when ended.state = 'done' and ended.attempt = told.attempt then 'done' else 'lost' end)))::text
from told left join finished using (id) left join jobs ended on ended.id = told.id
