-- A new incident of somebody known, or of the author, who becomes a requester by it (without a password: no log-in until an administrator gives
-- one); linked to the one that it follows, which is over. And the end of the job. Answers the job that computes the incident's clocks; nothing, and
-- null, where the person is there or gone meanwhile.
-- $1 job, $2 attempt, $3 the message, $4 {id, short_description, description, by, follows, link, person: {id, name, email}}, $5 now,
-- $6 the message as JSON: sender, attachments, verified
with asked as (
  select * from jsonb_to_record($4::text::jsonb) as asked(id uuid, short_description text, description text, by uuid, follows uuid, link uuid, person jsonb)
), known as (
  select u.id, u.role from asked join users u on u.id = asked.by where u.active and u.role <> 'auditor'
), ready as (
  select from asked
  where case when by is null then not exists (select from users where email = person ->> 'email') else exists (select from known) end
), lease as (
  select from complete($1::int8, $2::int8) where exists (select from ready)
), stranger as (
  -- somebody who comes to be there at this moment breaks the statement, and it is tried again
  insert into users (id, email, name, role)
  select (person ->> 'id')::uuid, person ->> 'email', person ->> 'name', 'requester' from asked, lease where by is null
  returning id
), caller as (
  select id from known union all select id from stranger
), ticket as (
  insert into tickets (kind, id, number, short_description, description, state, impact, urgency, priority, channel, caller_id, opened_by,
                       opened_at, created_at, updated_at)
  select 'incident', asked.id, ticket_number('INC', nextval('incident_number')), asked.short_description, asked.description, 'new', 3, 3, p.priority,
         'email', caller.id, caller.id, $5::text::timestamptz, $5::text::timestamptz, $5::text::timestamptz
  from asked, caller, lease, priorities p where p.impact = 3 and p.urgency = 3
  returning *
), followed as (
  select t.id from asked join known on true join tickets t on t.id = asked.follows
  where sees(known.id, known.role, t.id, t.caller_id, t.restricted_to)
), link as (
  insert into links (id, from_id, to_id, kind, created_by, created_at)
  select asked.link, ticket.id, followed.id, 'relates', ticket.caller_id, ticket.opened_at from asked, ticket, followed
  returning *
), event as (
  insert into events (at, ticket_id, user_id, actor_id, subject, verb, changes, version)
  select happened.* from ticket, lateral (
    select ticket.opened_at, ticket.id, null::uuid, ticket.caller_id, 'incident', 'created', changes('{}', jsonb_strip_nulls(row_to_json(body)::jsonb)), 1
    from (
      select ticket.id, ticket.number, ticket.short_description, ticket.description, ticket.state, ticket.impact, ticket.urgency, ticket.priority,
             ticket.channel, ticket.caller_id, ticket.opened_by, ticket.major, ticket.opened_at, ticket.reassignment_count, ticket.reopen_count,
             ticket.version, ticket.custom, ticket.created_at, ticket.updated_at
    ) as body
    union all
    select ticket.opened_at, null, stranger.id, null, 'user', 'created', '{"role": [null, "requester"], "active": [null, true], "name": [], "email": []}', 1
    from stranger
    union all
    select link.created_at, ends.ticket, null, link.created_by, 'incident', 'linked', jsonb_build_object('relates', jsonb_build_array(null, ends.other)), null
    from link, lateral (values (link.from_id, link.to_id), (link.to_id, link.from_id)) as ends(ticket, other)
  ) as happened
), mail as (
  update inbound_mails m set state = 'done', outcome = 'incident', ticket_id = ticket.id, user_id = ticket.caller_id,
                             sender = $6::text::jsonb ->> 'sender', attachments = ($6::text::jsonb ->> 'attachments')::integer,
                             verified = ($6::text::jsonb ->> 'verified')::boolean, ended_at = now()
  from ticket where m.id = $3::text::uuid
), job as (
  select recompute_slas(id) as id from ticket
)
select max(id)::text from job
