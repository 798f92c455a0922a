-- What the desk knows of a message: who has its author's address, which mails and tickets it names, whether any of them told of a work note, and how
-- many came in that name within the hour, by whether the name was known to be the author's. Bounces without an author count as those of ''.
-- $1 the message, $2 the author's address or '', $3 the mails that its recipients' addresses name: [id], $4 the ids that it answers, the nearest
-- first, $5 the number in its subject or null
with recursive sender as (
  select id, active, role from users where email = $2::text and erased_at is null
), answered as (
  select m.id as mail, m.ticket_id as ticket, m.user_id as "user", m.visibility = 'work_note' as is_note
  from jsonb_array_elements_text($3::text::jsonb) as named(id) join mails m on m.id = named.id::uuid
), referred as (
  -- our mails, and messages that became part of a ticket
  select found.ticket_id, found.is_note, position
  from jsonb_array_elements_text($4::text::jsonb) with ordinality as named(id, position), lateral (
    select m.ticket_id, m.visibility = 'work_note' as is_note from mails m where m.message_id = named.id
    union all
    select i.ticket_id, i.outcome = 'work_note' from inbound_mails i where i.identity = named.id and i.ticket_id is not null
  ) as found
), nearest as (
  select ticket_id from referred order by position limit 1
), named as (
  select ticket as id from answered union select ticket_id from nearest union select ticket_id($5::text)
), step as (
  select t.id as named, t.id, t.merged_into, 1 as depth from named join tickets t on t.id = named.id and t.kind = 'incident'
  union all
  select step.named, t.id, t.merged_into, depth + 1 from step join tickets t on t.id = step.merged_into where depth < 20
), ticket as (
  select step.named, t.id, t.state not in ('closed', 'canceled') as open,
         coalesce((select sees(s.id, s.role, t.id, t.caller_id, t.restricted_to) from sender s), false) as seen
  from step join tickets t on t.id = step.id where step.merged_into is null
)
select json_build_object(
  'sender', (select json_build_object('id', id, 'active', active, 'writes', role <> 'auditor', 'notes', role not in ('auditor', 'requester')) from sender),
  'mails', coalesce((select json_agg(json_build_object('mail', mail, 'ticket', ticket, 'user', "user")) from answered), '[]'),
  'by_reference', (select ticket_id from nearest),
  'is_note', exists (select from answered where is_note) or exists (select from referred where is_note),
  'by_number', ticket_id($5::text),
  'tickets', coalesce((select json_agg(json_build_object('named', named, 'id', id, 'open', open, 'seen', seen)) from ticket), '[]'),
  'recent', recent.unverified, 'recent_verified', recent.verified)::text
from (
  select count(*) filter (where not i.verified) as unverified, count(*) filter (where i.verified) as verified
  from inbound_mails i where i.sender = $2::text and i.received_at > now() - interval '1 hour' and i.id <> $1::text::uuid
) as recent
