-- What came by mail and is nobody's word, as a work note of the platform's, and the end of the job; nothing, and null, where the ticket is over.
-- Its author is a person of no address and no rights, made when first needed. No change of state, no watcher.
-- $1 job, $2 attempt, $3 the message, $4 the ticket, $5 the note's id, $6 what it says, $7 what the message was, $8 whether nobody is told, $9 now,
-- $10 the message as JSON: sender, attachments, verified
with open as (
  select t.id from tickets t where t.id = $4::text::uuid and t.state not in ('closed', 'canceled') for no key update
), lease as (
  select from complete($1::int8, $2::int8) where exists (select from open)
), author as (
  insert into users (id, email, name, role, active)
  select '00000000-0000-7000-8000-000000000001', 'inbound-mail@itsm.invalid', 'Inbound mail', 'requester', false from lease
  on conflict do nothing
), note as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select $5::text::uuid, open.id, '00000000-0000-7000-8000-000000000001', 'work_note', $6::text, $9::text::timestamptz from open, lease
  returning *
), event as (
  insert into events (at, ticket_id, subject, verb, visibility, changes, silent)
  select note.created_at, note.ticket_id, 'incident', 'commented', 'work_note', jsonb_build_object('comment', jsonb_build_array(null, note.body)), $8::bool
  from note
), mail as (
  update inbound_mails m set state = 'done', outcome = $7::text, ticket_id = note.ticket_id,
                             sender = $10::text::jsonb ->> 'sender', attachments = ($10::text::jsonb ->> 'attachments')::integer,
                             verified = ($10::text::jsonb ->> 'verified')::boolean, ended_at = now()
  from note where m.id = $3::text::uuid
)
select case when exists (select from note) then 'note' end
