-- Tells an event to everybody who is to hear of it, and is done with the job; only for the claim that runs. Never to whoever did it, nor
-- to anybody who may not see the ticket now, nor a work note to a requester, unless a rule names them: what it says is meant for them, and public to
-- them, and the mail of it has an id of its own, so that what they answer is a comment. A mail is a row and a job of its own.
-- $1 job, $2 attempt, $3 epoch, $4 xact, $5 seq of the event, $6 who hears of it: [{kind, relation, in_app, email}], $7 the domain of message
-- ids, or null where no mail is sent, $8 now
with lease as (
  select from complete($1::int8, $2::int8)
), event as (
  select e.ticket_id, e.actor_id, e.visibility, e.changes, t.caller_id, t.assigned_to, t.assignment_group, t.restricted_to
  from lease, events e join tickets t on t.id = e.ticket_id
  where e.epoch = $3::int8 and e.xact = $4::text::xid8 and e.seq = $5::int8
), line as (
  select kind, relation, in_app, email, position
  from rows from (jsonb_to_recordset($6::text::jsonb) as (kind text, relation text, in_app boolean, email boolean))
    with ordinality as line(kind, relation, in_app, email, position)
), meant as (
  -- of somebody or a team that was given it, only whoever has it still
  select line.*, event.assigned_to as user_id from event, line
  where relation = 'assignee' and (kind <> 'assigned' or changes -> 'assigned_to' ->> 1 = assigned_to::text)
  union all
  select line.*, m.user_id from event, line, team_members m
  where relation = 'group' and assigned_to is null and m.team_id = assignment_group
    and (kind <> 'assigned' or changes -> 'assignment_group' ->> 1 = assignment_group::text)
  union all
  select line.*, event.caller_id from event, line where relation = 'caller'
  union all
  select line.*, w.user_id from event, line, watchers w
  where relation = 'watcher' and w.ticket_id = event.ticket_id and (kind <> 'watching' or changes -> 'watcher' ->> 1 = w.user_id::text)
  union all
  select line.*, named.id::uuid from event, line, jsonb_array_elements_text(changes -> 'users' -> 1) as named(id) where relation = 'named'
), heard as (
  select person.id as user_id, (array_agg(meant.kind order by position))[1] as kind, (array_agg(relation order by position))[1] as relation,
         bool_or(coalesce(p.in_app, meant.in_app)) as in_app, bool_or(coalesce(p.email, meant.email)) as email,
         case when person.role = 'requester' then 'public' else min(event.visibility) end as visibility
  from event cross join meant
  join users person on person.id = meant.user_id and person.active
  left join notification_preferences p on p.user_id = person.id and p.kind = meant.kind
  where person.id is distinct from event.actor_id and (event.visibility = 'public' or person.role <> 'requester' or meant.relation = 'named')
    and sees(person.id, person.role, event.ticket_id, event.caller_id, event.restricted_to)
  group by person.id
), notification as (
  insert into notifications (id, user_id, ticket_id, event_epoch, event_xact, event_seq, kind, relation, visibility, created_at)
  select uuid_v7(), user_id, event.ticket_id, $3::int8, $4::text::xid8, $5::int8, kind, relation, heard.visibility, $8::text::timestamptz
  from heard, event where in_app
  returning 1
), mail as (
  insert into mails (id, user_id, ticket_id, event_epoch, event_xact, event_seq, kind, visibility, message_id, created_at)
  select uuid_v7(), user_id, event.ticket_id, $3::int8, $4::text::xid8, $5::int8, kind, heard.visibility,
         event.ticket_id || '.' || $3::int8 || '.' || $5::int8 || case when heard.visibility = event.visibility then '' else '.named' end || '@' || $7::text,
         $8::text::timestamptz
  from heard, event where email and $7::text is not null
  returning id
), job as (
  select enqueue('mailer', 'mail:' || mail.id, jsonb_build_object('mail', mail.id), now(), max_attempts => 20) as id from mail
)
select json_build_object('notifications', (select count(*) from notification),
                         'ring', (select json_agg(json_build_array('mailer', id)) from job))::text
from lease
