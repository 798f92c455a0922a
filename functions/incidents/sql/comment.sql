-- A comment with its event, or nothing. One that moves a clock moves what is due, and so the ticket's version. What the caller says to an incident that is held for them takes it back to in_progress.
-- The ticket is locked, so that no comment is left behind by a merge. "final": it takes none any more.
-- $1 session, $2 id or number, $3 the comment's id, $4 what is said, $5 public | work_note, $6 now,
-- $7 Idempotency-Key or null, $8 the route that the key is for, $9 hash of the request, $10 its clocks for write_slas,
-- $11 when it is due with them, or null where they stay as they are
with me as (select id, role, name from callers where session_id = $1::text::uuid),
seen as (
  select t as row from tickets t, me
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
  for no key update of t
), stored as (
  select 1 from idempotency_keys k, seen, me where k.user_id = me.id and k.route = $8::text || (seen.row).id and k.key = $7::text
), permitted as (
  select seen.row, (seen.row).id, me.id as author_id, me.name as author,
         (seen.row).state = 'on_hold' and (seen.row).hold_reason = 'caller' and (seen.row).caller_id = me.id and $5::text = 'public' as answers
  from seen, me
  where me.role <> 'auditor' and (me.role <> 'requester' or $5::text = 'public')
), answer as (
  select row_to_json(item) as body from (
    select $3::text::uuid as id, id as ticket_id, author_id, author, $5::text as visibility, $4::text as body, $6::text::timestamptz as created_at
    from permitted where (permitted.row).state not in ('closed', 'canceled')
  ) as item
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select author_id, $8::text || id, $7::text, $9::text, 201, answer.body::text from permitted, answer where $7::text is not null
  on conflict do nothing
  returning 1
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select $3::text::uuid, id, author_id, $5::text, $4::text, $6::text::timestamptz from permitted, answer
  where $7::text is null or exists (select from key)
  returning *
), ticket as (
  update tickets t set state = case when permitted.answers then 'in_progress' else t.state end,
                       hold_reason = case when not permitted.answers then t.hold_reason end,
                       due_at = coalesce($11::text::timestamptz, t.due_at), version = t.version + 1, updated_at = comment.created_at,
                       quiet_versions = t.quiet_versions + (not permitted.answers)::integer
  from permitted, comment where t.id = permitted.id and (permitted.answers or $11::text::timestamptz <> t.due_at)
  returning t.*
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes, version)
  select comment.created_at, comment.ticket_id, comment.author_id, 'incident', 'commented', comment.visibility,
         jsonb_build_object('comment', jsonb_build_array(null, comment.body)), null
  from comment
  union all
  select ticket.updated_at, ticket.id, permitted.author_id, 'incident', ticket.state, 'public',
         changes(to_jsonb(permitted.row), to_jsonb(ticket)), ticket.version
  from ticket, permitted where permitted.answers
), clocks as (
  select write_slas(comment.ticket_id, (permitted.row).version, $10::text::jsonb) from comment, permitted
)
select case
  when not exists (select from seen) then null
  when not exists (select from permitted) then '"forbidden"'
  when exists (select from clocks) then json_build_object('body', (select body from answer))::text
  when exists (select from answer) or exists (select from stored) then '"replay"'
  else '"final"' end
from me
