-- Closes resolved incidents whose days are over, each with its event; only for the claim that runs, whose lease it renews.
-- $1 job, $2 attempt, $3 now, $4 at most
with lease as (
  select from held($1::int8, $2::int8)
), due as (
  select t as row from tickets t, settings, lease
  where t.state = 'resolved' and not t.major and t.resolved_at <= $3::text::timestamptz - make_interval(days => settings.auto_close_days)
  order by t.resolved_at
  limit $4::int8
  for update of t skip locked
), ticket as (
  update tickets t set state = 'closed', closed_at = $3::text::timestamptz, due_at = 'infinity', version = t.version + 1, updated_at = $3::text::timestamptz
  from due where t.id = (due.row).id
  returning t.*
), event as (
  insert into events (at, ticket_id, subject, verb, changes, version)
  select ticket.closed_at, ticket.id, 'incident', 'closed', changes(to_jsonb(due.row), to_jsonb(ticket)), ticket.version
  from ticket join due on (due.row).id = ticket.id
), clocks as (
  select end_slas(id, 'closed', coalesce(resolved_at, closed_at)) from ticket
)
select json_build_object('closed', (select count(*) from clocks))::text from lease
