-- Queues a job again, or at once, with its event; nothing where there is none. "conflict": it runs, or is done.
-- $1 session, $2 the job, $3 now, $4 Idempotency-Key or null, $5 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid),
before as (
  select j.* from jobs j where j.id = $2::int8 and (select role from me) = 'admin' for update
), stored as (
  select 1 from idempotency_keys k, me where k.user_id = me.id and k.route = $5::text || $2::int8 and k.key = $4::text
), answer as (
  select row_to_json(item) as body from (
    select id, queue, key, payload, 'queued' as state, priority, attempt, max_attempts, now() as run_at, started_at, locked_until, null::timestamptz as finished_at,
           last_error, created_at
    from before where state in ('queued', 'dead', 'canceled')
  ) as item
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $5::text || $2::int8, $4::text, '', 200, answer.body::text from me, answer where $4::text is not null
  on conflict do nothing
  returning 1
), job as (
  update jobs j set state = 'queued', run_at = now(), finished_at = null, since = case when j.state = 'queued' then j.since else j.attempt end
  from before, answer where j.id = before.id and ($4::text is null or exists (select from key))
  returning j.id, j.queue, j.state
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $3::text::timestamptz, me.id, 'job', 'retried', jsonb_build_object(
    'job_id', jsonb_build_array(null, job.id), 'queue', jsonb_build_array(null, job.queue), 'state', jsonb_build_array(before.state, job.state))
  from me, before, job
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from before) then null
  when exists (select from job) then json_build_object('body', (select body from answer),
    'ring', (select json_agg(json_build_array(queue, id)) from job))::text
  when exists (select from answer) or exists (select from stored) then '"replay"'
  else '"conflict"' end
from me
