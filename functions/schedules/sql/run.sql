-- Enqueues a schedule's job with its event, or nothing where there is no such schedule. A job of it that is queued already is that job.
-- $1 session, $2 name, $3 now, $4 Idempotency-Key or null, $5 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid),
schedule as (
  select s.* from schedules s where s.name = $2::text and (select role from me) = 'admin'
), stored as (
  select 1 from idempotency_keys k, me where k.user_id = me.id and k.route = $5::text || $2::text and k.key = $4::text
), job as (
  select queue, enqueue(queue, 'schedule:' || name, payload, now()) as id from schedule where not exists (select from stored)
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $5::text || $2::text, $4::text, '', 202, json_build_object('job_id', job.id)::text from me, job where $4::text is not null
  on conflict do nothing
  returning 1
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $3::text::timestamptz, me.id, 'schedule', 'run', jsonb_build_object(
    'name', jsonb_build_array(null, $2::text), 'job_id', jsonb_build_array(null, job.id))
  from me, job where $4::text is null or exists (select from key)
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from schedule) then null
  when exists (select from job) and ($4::text is null or exists (select from key)) then json_build_object(
    'body', json_build_object('job_id', (select id from job)),
    'ring', (select json_agg(json_build_array(queue, id)) from job))::text
  else '"replay"' end
from me
