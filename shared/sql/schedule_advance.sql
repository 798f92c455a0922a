-- Moves a schedule on and enqueues its job; no row where another scheduler was first. A paused one moves on without a job.
-- $1 name, $2 the time that was read, $3 the time after
with schedule as (
  update schedules set next_run_at = $3::text::timestamptz, last_run_at = case when enabled then now() else last_run_at end
  where name = $1::text and next_run_at = $2::text::timestamptz
  returning name, queue, payload, enabled
)
select json_build_object('queue', queue, 'job', enqueue(queue, 'schedule:' || name, payload, now()))::text from schedule where enabled
