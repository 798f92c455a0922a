-- A link between two incidents with an event on each, or nothing. Both must be visible to the writer; "other": that one is not.
-- $1 session, $2 id or number, $3 the other's id or number, $4 the kind as it reads from here, $5 the link's id, $6 now,
-- $7 Idempotency-Key or null, $8 the route that the key is for, $9 hash of the request
with me as (select id, role from callers where session_id = $1::text::uuid),
seen as (
  select t.id from tickets t, me
  where t.id = ticket_id($2::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), other as (
  select t.id, t.number, t.short_description, t.state from tickets t, me
  where t.id = ticket_id($3::text) and t.kind = 'incident' and sees(me.id, me.role, t.id, t.caller_id, t.restricted_to)
), permitted as (
  select seen.id, other.id as other, me.id as writer, $4::text in ('duplicated_by', 'causes') as turned
  from seen, other, me where me.role in ('agent', 'manager', 'admin')
), answer as (
  select row_to_json(item) as body from (
    select $5::text::uuid as id, $4::text as kind, permitted.id as ticket_id, (
      select row_to_json(found) from (select id, number, short_description, state from other) as found
    ) as ticket, permitted.writer as created_by, $6::text::timestamptz as created_at
    from permitted
  ) as item
), key as (
  insert into idempotency_keys (user_id, route, key, request, status, answer)
  select writer, $8::text || id, $7::text, $9::text, 201, answer.body::text from permitted, answer where $7::text is not null
  on conflict do nothing
  returning 1
), link as (
  insert into links (id, from_id, to_id, kind, created_by, created_at)
  select $5::text::uuid, case when turned then other else id end, case when turned then id else other end,
         case when turned then inverse($4::text) else $4::text end, writer, $6::text::timestamptz
  from permitted where $7::text is null or exists (select from key)
  returning 1
), event as (
  insert into events (at, ticket_id, actor_id, subject, verb, changes)
  select $6::text::timestamptz, ends.ticket, writer, 'incident', 'linked', jsonb_build_object(ends.kind, jsonb_build_array(null, ends.other))
  from link, permitted, lateral (values (id, $4::text, other), (other, inverse($4::text), id)) as ends(ticket, kind, other)
)
select case
  when not exists (select from seen) then null
  when me.role not in ('agent', 'manager', 'admin') then '"forbidden"'
  when not exists (select from other) then '"other"'
  when not exists (select from link) then '"replay"'
  else json_build_object('body', (select body from answer))::text end
from me
