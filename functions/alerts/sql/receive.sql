-- What a notification of a group does: opens an incident where none of the group's is open, notes on the open one what has changed, or nothing.
-- The group's incident is locked, so that no note is left behind by a merge or comes after the end; then the group's row, which two first ones at once
-- wait for: the second finds that another has opened the group's incident, which its own snapshot does not see, changes nothing and is asked again.
-- $1 session, $2 the group as JSON, $3 now
with me as (select id, role from callers where session_id = $1::text::uuid),
asked as (
  select asked.* from me, jsonb_to_record($2::text::jsonb) as asked(
    key text, digest text, fires boolean, id uuid, comment uuid, link uuid, level smallint, short_description text, description text, note text)
  where me.role in ('agent', 'manager', 'admin')
), former as (
  select g.digest, g.ticket_id, t.number, t.state in ('new', 'in_progress', 'on_hold') as is_open, sees(me.id, me.role, t.id, t.caller_id, t.restricted_to) as is_seen
  from asked join alert_groups g on g.key = asked.key join tickets t on t.id = g.ticket_id, me
  for no key update of t
), opening as (
  insert into alert_groups as g (key, digest, ticket_id, changed_at)
  select key, digest, id, $3::text::timestamptz from asked where fires and not exists (select from former where is_open)
  on conflict (key) do update set digest = excluded.digest, ticket_id = excluded.ticket_id, changed_at = excluded.changed_at
    where g.ticket_id = (select former.ticket_id from former)
  returning ticket_id
), ticket as (
  insert into tickets (kind, id, number, short_description, description, state, impact, urgency, priority, channel, caller_id, opened_by,
                       opened_at, created_at, updated_at)
  select 'incident', asked.id, ticket_number('INC', nextval('incident_number')), asked.short_description, asked.description, 'new', level, level, p.priority,
         'monitoring', me.id, me.id, $3::text::timestamptz, $3::text::timestamptz, $3::text::timestamptz
  from opening, asked, me, priorities p where p.impact = asked.level and p.urgency = asked.level
  returning *
), noting as (
  update alert_groups g set digest = asked.digest, changed_at = $3::text::timestamptz
  from asked, former where g.key = asked.key and former.is_open and g.ticket_id = former.ticket_id and g.digest <> asked.digest
  returning g.ticket_id
), platform as (
  insert into users (id, email, name, role, active)
  select '00000000-0000-7000-8000-000000000002', 'alerts@itsm.invalid', 'Alerts', 'requester', false from noting, former where not former.is_seen
  on conflict do nothing
), comment as (
  insert into comments (id, ticket_id, author_id, visibility, body, created_at)
  select asked.comment, noting.ticket_id, case when former.is_seen then me.id else '00000000-0000-7000-8000-000000000002' end, 'work_note', asked.note,
         $3::text::timestamptz
  from noting, asked, me, former
  returning *
), link as (
  insert into links (id, from_id, to_id, kind, created_by, created_at)
  select asked.link, ticket.id, former.ticket_id, 'relates', ticket.caller_id, ticket.opened_at from asked, ticket, former where former.is_seen
  returning *
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes, version)
  select happened.* from ticket, lateral (
    select ticket.opened_at, ticket.id, ticket.caller_id, 'incident', 'created', 'public', changes('{}', jsonb_strip_nulls(row_to_json(body)::jsonb)), 1
    from (
      select ticket.id, ticket.number, ticket.short_description, ticket.description, ticket.state, ticket.impact, ticket.urgency, ticket.priority,
             ticket.channel, ticket.caller_id, ticket.opened_by, ticket.major, ticket.opened_at, ticket.reassignment_count, ticket.reopen_count,
             ticket.version, ticket.custom, ticket.created_at, ticket.updated_at
    ) as body
    union all
    select link.created_at, ends.ticket, link.created_by, 'incident', 'linked', 'public', jsonb_build_object('relates', jsonb_build_array(null, ends.other)), null
    from link, lateral (values (link.from_id, link.to_id), (link.to_id, link.from_id)) as ends(ticket, other)
  ) as happened
  union all
  select comment.created_at, comment.ticket_id, case when former.is_seen then comment.author_id end, 'incident', 'commented', comment.visibility,
         jsonb_build_object('comment', jsonb_build_array(null, comment.body)), null
  from comment, former
), job as (
  select recompute_slas(id) as id from ticket
)
select case
  when not exists (select from asked) then '"forbidden"'
  when (select fires from asked) and not exists (select from former where is_open) and not exists (select from opening) then '"again"'
  else json_build_object(
    'body', json_build_object(
      'outcome', case when exists (select from ticket) then 'opened' when exists (select from comment) then 'noted' else 'unchanged' end,
      'incident_id', coalesce((select id from ticket), (select ticket_id from former where is_seen)),
      'number', coalesce((select number from ticket), (select number from former where is_seen))),
    'ring', (select json_agg(json_build_array('sla', id)) from job))::text end
from me
