-- What somebody answered, as their comment, and the end of the job; nothing, and null, where they may not any more or the ticket is over by now.
-- What the caller says aloud takes an incident that waits for them back to in_progress, and one that is resolved: they object. A clock that it moves
-- is written with it; one that was computed from what is no longer so ends the statement.
-- $1 job, $2 attempt, $3 the message, $4 the ticket, $5 the comment's id, $6 what is said, $7 by whom, $8 now, $9 the message as JSON: sender,
-- attachments, verified, $10 public | work_note, $11 the clocks for write_slas or null, $12 when it is due with them, or null where they stay
with before as (
  select t as row, u.id as author_id, $10::text = 'public' and t.caller_id = u.id and t.state = 'on_hold' and t.hold_reason = 'caller' as answers,
         $10::text = 'public' and t.caller_id = u.id and t.state = 'resolved' as reopens
  from tickets t, users u
  where t.id = $4::text::uuid and t.state not in ('closed', 'canceled')
    and u.id = $7::text::uuid and u.active and u.role <> 'auditor' and (u.role <> 'requester' or $10::text = 'public')
    and sees(u.id, u.role, t.id, t.caller_id, t.restricted_to)
  for no key update of t
), lease as (
  select from complete($1::int8, $2::int8) where exists (select from before)
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select $5::text::uuid, (before.row).id, before.author_id, $10::text, $6::text, $8::text::timestamptz from before, lease
  returning *
), ticket as (
  update tickets t set
    state = case when answers or reopens then 'in_progress' else t.state end, hold_reason = case when not (answers or reopens) then t.hold_reason end,
    due_at = coalesce($12::text::timestamptz, t.due_at), version = t.version + 1, updated_at = comment.created_at,
    quiet_versions = t.quiet_versions + (not (answers or reopens))::integer,
    resolved_at = case when reopens then null else t.resolved_at end, close_code = case when reopens then null else t.close_code end,
    close_notes = case when reopens then null else t.close_notes end, reopen_count = t.reopen_count + reopens::integer,
    -- one that is nobody's goes back to who resolved it, if they can still work on it
    assigned_to = case when reopens and t.assignment_group is null and t.assigned_to is null then (
      select u.id from users u
      where u.id = (select e.actor_id from events e where e.ticket_id = t.id and e.verb = 'resolved' order by e.epoch desc, e.xact desc, e.seq desc limit 1)
        and u.active and u.role in ('agent', 'manager', 'admin') and acts_for(u.id, u.role, t.restricted_to)) else t.assigned_to end
  from before, comment where t.id = comment.ticket_id and (before.answers or before.reopens or $12::text::timestamptz <> t.due_at)
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes, version)
  select comment.created_at, comment.ticket_id, comment.author_id, 'incident', 'commented', comment.visibility,
         jsonb_build_object('comment', jsonb_build_array(null, comment.body)), null
  from comment
  union all
  select ticket.updated_at, ticket.id, before.author_id, 'incident', ticket.state, 'public', changes(to_jsonb(before.row), to_jsonb(ticket)), ticket.version
  from ticket, before where before.answers or before.reopens
), clocks as (
  select write_slas(comment.ticket_id, (before.row).version, $11::text::jsonb) from comment, before
), mail as (
  update inbound_mails m set state = 'done', outcome = case comment.visibility when 'public' then 'comment' else 'work_note' end,
                             ticket_id = comment.ticket_id, user_id = comment.author_id, sender = $9::text::jsonb ->> 'sender',
                             attachments = ($9::text::jsonb ->> 'attachments')::integer, verified = ($9::text::jsonb ->> 'verified')::boolean,
                             ended_at = now()
  from comment where m.id = $3::text::uuid
)
select case when exists (select from clocks) then 'comment' end
