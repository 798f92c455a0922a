-- What a mail is to tell, as it is now, and only for the claim that runs, whose lease it renews. No letter: the mail is done with, or the
-- recipient is gone or may not see the ticket any more.
-- $1 job, $2 attempt, $3 the mail
with lease as (
  select from held($1::int8, $2::int8, 120)
), letter as (
  select m.ticket_id, m.user_id, m.kind, m.message_id, u.name, u.email, u.locale, t.number, t.short_description, t.state,
         a.name as actor, coalesce(e.changes -> 'comment' ->> 1, e.changes -> 'text' ->> 1) as comment, nullif(t.close_notes, '') as close_notes
  from lease, mails m
  join users u on u.id = m.user_id and u.active
  join tickets t on t.id = m.ticket_id
  join events e on e.epoch = m.event_epoch and e.xact = m.event_xact and e.seq = m.event_seq
  left join users a on a.id = e.actor_id
  where m.id = $3::text::uuid and m.state = 'queued'
    and (m.visibility = 'public' or u.role <> 'requester') and sees(u.id, u.role, t.id, t.caller_id, t.restricted_to)
)
select json_build_object('letter', (
  select row_to_json(body) from (
    select ticket_id, user_id, kind, message_id, name, email, locale, number, short_description, state, actor, comment, close_notes
    from letter
  ) as body))::text
from lease
