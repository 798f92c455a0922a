-- Forgets what a mail said that was set aside, with the event of it; nothing where there is none. The row stays as long as that of any mail that
-- was taken: by it the same message is known.
-- $1 session, $2 id, $3 now
with me as (select id from callers where session_id = $1::text::uuid and role = 'admin'),
before as (
  select m.id, m.outcome from inbound_mails m where m.id = $2::text::uuid and m.state = 'set_aside' and exists (select from me) for no key update
), mail as (
  update inbound_mails m set state = 'done', outcome = 'discarded', raw = '', sender = null, attachments = 0, ended_at = now()
  from before where m.id = before.id
  returning m.id
), event as (
  insert into events (at, actor_id, subject, verb, changes)
  select $3::text::timestamptz, me.id, 'mail', 'discarded', jsonb_build_object(
    'mail_id', jsonb_build_array(mail.id, null), 'state', jsonb_build_array('set_aside', 'done'), 'reason', jsonb_build_array(before.outcome, null))
  from me, before, mail
)
select case when not exists (select from me) then '"forbidden"' else (select '{}' from mail) end
from callers where session_id = $1::text::uuid
