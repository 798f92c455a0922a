-- Takes a mail anew that was set aside, with its job and its event; nothing where there is none. "conflict": it is not set aside, or not any more.
-- $1 session, $2 the mail, $3 now, $4 Idempotency-Key or null, $5 the route that the key is for
with me as (select id, role from callers where session_id = $1::text::uuid),
before as (
  select m.id, m.state, m.outcome from inbound_mails m where m.id = $2::text::uuid and (select role from me) = 'admin' for no key update
), answer as (
  select json_build_object('id', id, 'state', 'received') as body from before where state = 'set_aside'
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select me.id, $5::text || before.id, $4::text, '', 202, answer.body::text from me, before, answer where $4::text is not null
  on conflict do nothing
  returning 1
), mail as (
  update inbound_mails m set state = 'received', tries = 0, outcome = null, ended_at = null
  from before, answer where m.id = before.id and ($4::text is null or exists (select from key))
  returning m.id
), job as (
  select enqueue('intake', 'mail:' || mail.id, jsonb_build_object('mail', mail.id), now(), max_attempts => 4) as id from mail
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $3::text::timestamptz, me.id, 'mail', 'retried', jsonb_build_object(
    'mail_id', jsonb_build_array(null, mail.id), 'state', jsonb_build_array('set_aside', 'received'), 'reason', jsonb_build_array(before.outcome, null))
  from me, before, mail
)
select case
  when me.role <> 'admin' then '"forbidden"'
  when not exists (select from before) then null
  when exists (select from mail) then json_build_object('body', (select body from answer),
    'ring', (select json_agg(json_build_array('intake', id)) from job))::text
  else '"conflict"' end
from me
